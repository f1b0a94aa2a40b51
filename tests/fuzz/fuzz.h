#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* What every fuzzer defines and libFuzzer calls, once for each input. The input is a heap block of
 * exactly `size` octets, so that a read past its end is caught. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
