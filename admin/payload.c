#include "admin/payload.h"

#include <jansson.h>

#include "admin/base64.h"

static bool is_utf8(struct slice text)
{
    json_t *value = json_stringn((const char *)text.ptr, text.len);
    json_decref(value);
    return value;
}

void write_payload(struct writer *w, struct slice body, const struct payload_form *form)
{
    struct bytes text = {0};
    struct slice shown = body;
    if (shown.len > form->truncate) {
        shown.len = form->truncate;
    }
    bool plain = !form->base64 && is_utf8(shown);
    if (plain) {
        write_text(w, "payload", shown);
    } else {
        base64_encode(shown, &text);
        write_text(w, "payload", bytes_slice(&text));
    }
    write_str(w, "payload_encoding", plain ? "string" : "base64");
    bytes_finish(&text);
}
