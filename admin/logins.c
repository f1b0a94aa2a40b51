#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/login_attempts.h"
#include "conf/format.h"

/* What is told of logins: how many, and by whom. */

static void write_counts(struct writer *w, const struct logins_view *logins)
{
    write_u64(w, "auth_attempts", logins->attempts);
    write_u64(w, "auth_attempts_failed", logins->failed);
    write_u64(w, "auth_attempts_succeeded", logins->attempts - logins->failed);
}

/* False, and answered, if the path names another node. */
static bool is_here(struct call *call)
{
    bool here = slice_eq(call->arguments[0], format_slice(call->api->options.node));
    if (!here) {
        reply_not_found(call->reply);
    }
    return here;
}

static struct logins_view total(const struct api *api, enum login_protocol protocol)
{
    return protocol == LOGIN_AMQP ? engine_view_logins(api->options.engine)
                                  : (struct logins_view){api->attempts, api->attempts_failed};
}

static void write_total(struct writer *w, const struct api *api, enum login_protocol protocol)
{
    struct logins_view now = total(api, protocol);
    const struct logins_view *before = login_attempts_before(api->attempts_by_source, protocol);
    now.attempts -= before->attempts;
    now.failed -= before->failed;
    write_object(w, NULL);
    write_str(w, "protocol", protocol == LOGIN_AMQP ? "amqp091" : "http");
    write_counts(w, &now);
    write_end(w);
}

void on_auth_attempts(struct call *call)
{
    struct answer answer;
    if (is_here(call)) {
        struct writer *w = answer_begin(&answer, call);
        write_array(w, NULL);
        write_total(w, call->api, LOGIN_AMQP);
        write_total(w, call->api, LOGIN_HTTP);
        write_end(w);
    }
}

/* Those of metrics go on: they never fall. */
void on_auth_attempts_delete(struct call *call)
{
    const struct api *api = call->api;
    if (is_here(call)) {
        *login_attempts_before(api->attempts_by_source, LOGIN_AMQP) = total(api, LOGIN_AMQP);
        *login_attempts_before(api->attempts_by_source, LOGIN_HTTP) = total(api, LOGIN_HTTP);
        call->reply->status = HTTP_NO_CONTENT;
    }
}

void on_auth_sources(struct call *call)
{
    struct answer answer;
    struct login_attempt_row row;
    if (!is_here(call)) {
        return;
    }
    struct writer *w = answer_begin(&answer, call);
    write_array(w, NULL);
    for (size_t i = 0; login_attempts_at(call->api->attempts_by_source, i, &row); i++) {
        write_object(w, NULL);
        write_text(w, "remote_address", row.address);
        write_text(w, "username", row.user);
        write_str(w, "protocol", "http");
        write_counts(w, &row.logins);
        write_end(w);
    }
    write_end(w);
}

void on_auth_sources_delete(struct call *call)
{
    if (is_here(call)) {
        login_attempts_clear(call->api->attempts_by_source);
        call->reply->status = HTTP_NO_CONTENT;
    }
}
