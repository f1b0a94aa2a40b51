#include "persist/fault.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int fault_set_at(struct fault *fault, int error, const char *doing, const char *path,
                 uint64_t offset)
{
    size_t len = strlen(path);
    *fault = (struct fault){.error = error, .doing = doing, .offset = offset};
    snprintf(fault->file, sizeof fault->file, "%s",
             len < sizeof fault->file ? path : path + len - sizeof fault->file + 1);
    return error;
}

bool fault_is_shortage(int error)
{
    return error == -ENOSPC || error == -EDQUOT || error == -EMFILE || error == -ENFILE ||
           error == -ENOMEM;
}

int fault_set(struct fault *fault, int error, const char *doing, const char *path)
{
    return fault_set_at(fault, error, doing, path, 0);
}

void fault_detail(struct fault *fault, const char *detail)
{
    snprintf(fault->detail, sizeof fault->detail, "%s", detail);
}

void fault_version(struct fault *fault, uint32_t found, uint32_t known)
{
    snprintf(fault->detail, sizeof fault->detail,
             "it is in version %" PRIu32 " of the format, and this broker knows version %" PRIu32,
             found, known);
}

void fault_text(const struct fault *fault, struct text *text)
{
    text_clear(text);
    if (fault->error == 0) {
        text_add_str(text, "nothing failed");
        return;
    }
    text_add_str(text, fault->doing);
    text_add_str(text, " of ");
    text_add_str(text, fault->file);
    text_add_str(text, " at offset ");
    text_add_u64(text, fault->offset);
    const char *description = strerrordesc_np(-fault->error);
    text_add_str(text, ": ");
    text_add_str(text, description ? description : "unknown error");
    text_add_str(text, " (");
    text_add_i64(text, -fault->error);
    text_add_str(text, fault->detail[0] ? "), " : ")");
    text_add_str(text, fault->detail);
}
