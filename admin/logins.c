#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "server/login_attempts.h"

/* What is told of logins: how many, and by whom. */

static void write_counts(struct writer *w, const struct logins_view *logins)
{
    write_u64(w, "auth_attempts", logins->attempts);
    write_u64(w, "auth_attempts_failed", logins->failed);
    write_u64(w, "auth_attempts_succeeded", logins->attempts - logins->failed);
}

static struct login_attempts *attempts_of(const struct call *call)
{
    return engine_logins(call->api->options.engine);
}

static const char *name_of(int protocol)
{
    return protocol == LOGIN_AMQP ? "amqp091" : "http";
}

void on_auth_attempts(struct call *call)
{
    struct answer answer;
    if (!call_is_here(call, call->arguments[0])) {
        return;
    }
    struct writer *w = answer_begin(&answer, call);
    write_array(w, NULL);
    for (int i = 0; i < LOGIN_PROTOCOL_COUNT; i++) {
        struct logins_view logins =
            login_attempts_recent(attempts_of(call), (enum login_protocol)i);
        write_object(w, NULL);
        write_str(w, "protocol", name_of(i));
        write_counts(w, &logins);
        write_end(w);
    }
    write_end(w);
}

/* Those of metrics go on: they never fall. */
void on_auth_attempts_delete(struct call *call)
{
    if (call_is_here(call, call->arguments[0])) {
        login_attempts_reset(attempts_of(call));
        call->reply->status = HTTP_NO_CONTENT;
    }
}

static void write_source(struct writer *w, const struct login_attempt_row *row)
{
    for (int i = 0; i < LOGIN_PROTOCOL_COUNT; i++) {
        if (row->logins[i].attempts > 0) {
            write_object(w, NULL);
            write_text(w, "remote_address", row->address);
            write_text(w, "username", row->user);
            write_str(w, "protocol", name_of(i));
            write_counts(w, &row->logins[i]);
            write_end(w);
        }
    }
}

void on_auth_sources(struct call *call)
{
    struct answer answer;
    struct login_attempt_row row;
    if (!call_is_here(call, call->arguments[0])) {
        return;
    }
    bool told = call_settings(call)->track_auth_attempt_source;
    struct writer *w = answer_begin(&answer, call);
    write_array(w, NULL);
    for (size_t i = 0; told && login_attempts_at(attempts_of(call), i, &row); i++) {
        write_source(w, &row);
    }
    write_end(w);
}

void on_auth_sources_delete(struct call *call)
{
    if (call_is_here(call, call->arguments[0])) {
        login_attempts_clear(attempts_of(call));
        call->reply->status = HTTP_NO_CONTENT;
    }
}
