#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/definitions_load.h"
#include "admin/handlers.h"
#include "admin/identity.h"
#include "admin/operation.h"
#include "conf/format.h"
#include "server/bootstrap.h"
#include "server/conn_view.h"
#include "server/deputy.h"
#include "server/policy_settings.h"
#include "server/reset.h"
#include "server/server.h"

static bool is_suspended(const struct call *call)
{
    const struct server *server = call->api->options.server;
    return server && server_suspended(server);
}

void on_client_listeners(struct call *call)
{
    struct answer answer;
    struct writer *w = answer_begin(&answer, call);
    write_object(w, NULL);
    write_truth(w, "suspended", is_suspended(call));
    write_end(w);
}

static void close_clients(struct call *call)
{
    size_t count;
    struct engine *engine = call->api->options.engine;
    const struct conn_view *views = engine_view_conns(engine, &call->arena, &count);
    for (size_t i = 0; i < count; i++) {
        engine_close_conn(engine, views[i].name,
                          SLICE("broker forced connection closure with reason 'shutdown'"),
                          call->request->now_ms);
    }
}

/* False, and answered, if that cannot be. */
static bool set_listeners(struct call *call, bool suspended)
{
    struct server *server = call->api->options.server;
    int rc = 0;
    if (server && suspended) {
        server_suspend(server);
    } else if (server) {
        rc = server_resume(server);
    }
    if (rc < 0) {
        reply_error(call->reply, HTTP_SERVER_ERROR, "internal_error", format_slice(strerror(-rc)));
    }
    return rc >= 0;
}

/* {"suspended":true,"close":true}: nobody gets in, and who is there has to go. */
void on_client_listeners_put(struct call *call)
{
    bool suspended = false, close = false;
    json_t *body = operation_body(call);
    if (body && operation_flag(call, body, "suspended", &suspended) &&
        operation_flag(call, body, "close", &close)) {
        call->reply->status = HTTP_NO_CONTENT;
        if (set_listeners(call, suspended) && close) {
            close_clients(call);
        }
    }
    json_decref(body);
}

/* What every start does besides, in the same order: who the cluster is, and the policies of the
 * settings. */
static bool take_settings(struct call *call, struct text *error)
{
    struct deputy op;
    const struct api_options *options = &call->api->options;
    deputy_begin(&op, options->engine, call->request->now_ms);
    identity_begin(op.broker, options->settings, op.fx);
    bool put = policy_settings_apply(op.broker, options->settings, op.fx);
    *error = op.fx->error;
    uint64_t after = deputy_end(&op);
    call->reply->after = after > call->reply->after ? after : call->reply->after;
    identity_renew(options->broker, options->engine, options->node);
    return put;
}

/* All that a first start would make. Definitions are read before anything goes, so that a mistake
 * in them leaves what is there. */
static bool begin_anew(struct call *call, struct text *error)
{
    struct definitions_files definitions;
    const struct api_options *options = &call->api->options;
    struct reply *reply = call->reply;
    if (!definitions_find(options->settings, &definitions, error)) {
        return false;
    }
    const struct bootstrap_options come = {
        .users_come = definitions_files_name(&definitions, "users"),
        .vhosts_come = definitions_files_name(&definitions, "vhosts"),
    };
    struct reset_options reset = {.engine = options->engine,
                                  .broker = options->broker,
                                  .settings = options->settings,
                                  .come = &come,
                                  .now_ms = call->request->now_ms};
    bool made = reset_broker(&reset, &reply->after, error) &&
                definitions_load(options, &definitions, &reply->after, error) &&
                take_settings(call, error);
    definitions_files_finish(&definitions);
    return made;
}

/* Only while no client can be surprised by it. */
void on_reset(struct call *call)
{
    struct text error = {.len = 0};
    if (!is_suspended(call)) {
        reply_bad_request(call->reply, SLICE("the listeners must be suspended"));
        return;
    }
    close_clients(call);
    if (begin_anew(call, &error)) {
        call->reply->status = HTTP_NO_CONTENT;
    } else {
        reply_error(call->reply, HTTP_SERVER_ERROR, "internal_error", text_slice(&error));
    }
}
