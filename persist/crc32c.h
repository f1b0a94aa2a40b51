#ifndef PERSIST_CRC32C_H
#define PERSIST_CRC32C_H

#include "base/slice.h"

/* CRC-32C (Castagnoli), as of RFC 3720, appendix B.4. Start with 0; what it returns for one piece
 * is the start for the next. Uses the processor's instruction where there is one. */
uint32_t crc32c(uint32_t crc, struct slice bytes);

/* The same without the instruction: for processors without it, and for tests. */
uint32_t crc32c_by_table(uint32_t crc, struct slice bytes);

#endif
