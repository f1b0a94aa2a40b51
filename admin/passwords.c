#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/base64.h"
#include "admin/handlers.h"
#include "server/auth.h"

/* {"ok":HASH}: what a user's password_hash would be with this password. */
void on_hash_password(struct call *call)
{
    struct answer answer;
    struct bytes hash = {0}, text = {0};
    uint8_t *room = bytes_reserve(&hash, PASSWORD_HASH_MAX);
    enum password_hashing hashing =
        (enum password_hashing)call_settings(call)->password_hashing_module;
    hash.len = password_hash_new(hashing, call->arguments[0], room);
    base64_encode(bytes_slice(&hash), &text);
    struct writer *w = answer_begin(&answer, call);
    write_object(w, NULL);
    write_text(w, "ok", bytes_slice(&text));
    write_end(w);
    bytes_finish(&hash);
    bytes_finish(&text);
}
