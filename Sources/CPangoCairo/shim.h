// Names and signs are drawn with Pango, which shapes any script, on Cairo surfaces.
#pragma once
#include <cairo.h>
#include <pango/pangocairo.h>
