#pragma once
#include <stdint.h>
/// Heap allocations of this process so far.
uint64_t allocation_count(void);
