#include "admin/answer.h"
#include "admin/api_internal.h"
#include "admin/handlers.h"
#include "admin/operation.h"
#include "conf/format.h"
#include "conf/log.h"
#include "conf/parser.h"
#include "conf/settings_change.h"
#include "conf/settings_print.h"
#include "server/server.h"

/* The settings as the broker has them, and those that are changed while it runs. */

/* Leveret's own: as a file would have them, without passwords. */
void on_settings(struct call *call)
{
    struct answer answer;
    struct bytes text = {0};
    settings_print(call_settings(call), true, &text);
    struct writer *w = answer_begin(&answer, call);
    write_object(w, NULL);
    write_text(w, "settings", bytes_slice(&text));
    write_end(w);
    bytes_finish(&text);
}

static bool refuse(struct call *call, const struct findings *findings)
{
    reply_bad_request(call->reply, format_slice(findings->items[findings->count - 1].text));
    return false;
}

/* Changes what the members of the body name, each of which is a text. False, and answered, at the
 * first that cannot be. */
static bool change_all(struct call *call, struct settings *settings, json_t *body)
{
    const char *key;
    json_t *value;
    struct findings findings = {0};
    bool good = true;
    json_object_foreach(body, key, value)
    {
        struct slice text = {(const uint8_t *)json_string_value(value), json_string_length(value)};
        if (!json_is_string(value)) {
            findings_add(&findings, FINDING_ERROR, "%s: a text is wanted", key);
        }
        if (!text.ptr || !settings_change(settings, format_slice(key), text, &findings)) {
            good = refuse(call, &findings);
            break;
        }
    }
    findings_finish(&findings);
    return good;
}

/* Those who carry the settings out take them. */
static void carry_out(const struct api_options *options)
{
    const struct settings *settings = options->settings;
    if (options->log) {
        logger_configure(options->log, settings);
    }
    if (options->server) {
        server_set_limits(options->server,
                          &(struct server_limits){
                              .memory = settings_memory_limit(settings, options->memory_total),
                              .disk = settings_disk_limit(settings, options->memory_total)});
    }
}

/* {"KEY":"VALUE",…}, until the broker ends: all of it, or nothing if one of them cannot be. */
void on_settings_put(struct call *call)
{
    const struct api_options *options = &call->api->options;
    json_t *body = operation_body(call);
    struct settings *trial = settings_new();
    if (body && change_all(call, trial, body) && change_all(call, options->settings, body)) {
        carry_out(options);
        call->reply->status = HTTP_NO_CONTENT;
    }
    settings_free(trial);
    json_decref(body);
}

/* A text of Erlang's, between these quotes. */
static void add_quoted(struct bytes *out, struct slice text, uint8_t quote)
{
    bytes_add_u8(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == quote || text.ptr[i] == '\\') {
            bytes_add_u8(out, '\\');
        }
        bytes_add_u8(out, text.ptr[i]);
    }
    bytes_add_u8(out, quote);
}

/* The settings in Erlang's form, as RabbitMQ has it: a list of pairs for each application, of which
 * there is one. A value is the text that a file would have. */
void on_effective_settings(struct call *call)
{
    struct bytes text = {0};
    struct parser_item item;
    struct bytes *out = &call->reply->body;
    const char *between = "[{rabbit,\n     [";
    settings_print(call_settings(call), true, &text);
    struct parser parser = parser_of(bytes_slice(&text));
    while ((item = parser_next(&parser)).kind == PARSER_SETTING) {
        format_add(out, "%s{", between);
        add_quoted(out, item.key, '\'');
        bytes_add_u8(out, ',');
        add_quoted(out, item.value, '"');
        bytes_add_u8(out, '}');
        between = ",\n      ";
    }
    format_add(out, "]}]\n");
    bytes_finish(&text);
    call->reply->status = HTTP_OK;
    call->reply->content_type = "text/plain";
}
