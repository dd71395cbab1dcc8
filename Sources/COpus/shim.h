// libopus itself, for what libav's wrapper cannot do: conceal a lost packet, and read the one before.
#pragma once
#include <opus/opus.h>
