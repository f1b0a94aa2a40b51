#ifndef PERSIST_FAULT_H
#define PERSIST_FAULT_H

#include "base/text.h"

/* What went wrong with which file, for the log. Zero-initialised: nothing did. */
enum { FAULT_FILE_MAX = 128, FAULT_DETAIL_MAX = 96 };

struct fault {
    int error;                 // negative errno
    const char *doing;         // "write", "sync", ...: a literal
    char file[FAULT_FILE_MAX]; // its end, if the path is longer
    uint64_t offset;
    char detail[FAULT_DETAIL_MAX]; // what else there is to say; may be empty
};

/* Fills in *fault and returns the error. */
int fault_set(struct fault *fault, int error, const char *doing, const char *path);
int fault_set_at(struct fault *fault, int error, const char *doing, const char *path,
                 uint64_t offset);

/* Whether the error is a want of space, memory or descriptors, which may pass; others tell that the
 * disk is broken. */
bool fault_is_shortage(int error);

void fault_detail(struct fault *fault, const char *detail);

/* The detail of a file that is in another version of its format than the one known here. */
void fault_version(struct fault *fault, uint32_t found, uint32_t known);

/* "sync of data/journal/0000000000000000.seg at offset 64: Input/output error (5)", and the
 * detail behind it. */
void fault_text(const struct fault *fault, struct text *text);

#endif
