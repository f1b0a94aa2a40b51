#include "tests/dialogues/player/trace.h"

#include <ctype.h>
#include <inttypes.h>

#include "amqp/table.h"
#include "tests/dialogues/player/fields.h"
#include "tests/dialogues/player/peer.h"

enum { SPEC_NAME_MAX = 64, OCTETS_TOLD = 300 };

void tell_octets(FILE *out, struct slice octets)
{
    fputc('"', out);
    for (size_t i = 0; i < octets.len; i++) {
        uint8_t c = octets.ptr[i];
        if (i == OCTETS_TOLD) {
            fprintf(out, "\"... (%zu octets)", octets.len);
            return;
        }
        if (c == '"' || c == '\\' || c == '$') {
            fprintf(out, "\\%c", c);
        } else if (c == '\n') {
            fputs("\\n", out);
        } else {
            fprintf(out, isprint(c) || c >= 0x80 ? "%c" : "\\x%02x", c);
        }
    }
    fputc('"', out);
}

void tell_hex(FILE *out, struct slice octets)
{
    for (size_t i = 0; i < octets.len && i < OCTETS_TOLD; i++) {
        fprintf(out, "%s%02x", i ? " " : "", octets.ptr[i]);
    }
}

static void tell_entries(FILE *out, struct slice entries, bool is_array);

static void tell_real(FILE *out, const struct field_value *value)
{
    struct slice raw = value->raw;
    if (value->type == 'd') {
        uint64_t bits = wire_load_u64(raw.ptr + 1);
        double number;
        memcpy(&number, &bits, sizeof number);
        fprintf(out, "d%g", number);
    } else {
        uint32_t bits = wire_load_u32(raw.ptr + 1);
        float number;
        memcpy(&number, &bits, sizeof number);
        fprintf(out, "f%g", (double)number);
    }
}

static void tell_field(FILE *out, const struct field_value *value)
{
    switch (value->type) {
    case 'S':
    case 'x':
        fprintf(out, "%c", value->type);
        tell_octets(out, value->bytes);
        return;
    case 'F':
    case 'A':
        tell_entries(out, value->bytes, value->type == 'A');
        return;
    case 't':
        fputs(value->integer ? "true" : "false", out);
        return;
    case 'V':
        fputs("V", out);
        return;
    case 'f':
    case 'd':
        tell_real(out, value);
        return;
    case 'D':
        fprintf(out, "D%d:%" PRId64, value->raw.ptr[1], value->integer);
        return;
    default:
        fprintf(out, "%c%" PRId64, value->type, value->integer);
    }
}

static void tell_entries(FILE *out, struct slice entries, bool is_array)
{
    struct wire_reader r = wire_reader_of(entries);
    struct slice key = SLICE("");
    struct field_value value;
    const char *comma = "";
    fputc(is_array ? '[' : '{', out);
    while (is_array ? array_next(&r, &value) : table_next(&r, &key, &value)) {
        fputs(comma, out);
        if (!is_array) {
            tell_octets(out, key);
            fputs(": ", out);
        }
        tell_field(out, &value);
        comma = ", ";
    }
    fputc(is_array ? ']' : '}', out);
}

static void tell_argument(FILE *out, const struct field *field, const void *base)
{
    char name[SPEC_NAME_MAX];
    field_spec_name(field->name, name, sizeof name);
    fprintf(out, " %s=", name);
    if (field->type == FIELD_bit) {
        fputs(field_number(field, base) ? "true" : "false", out);
    } else if (field_is_number(field)) {
        fprintf(out, "%" PRIu64, field_number(field, base));
    } else if (field->type == FIELD_table) {
        tell_entries(out, field_octets(field, base), false);
    } else {
        tell_octets(out, field_octets(field, base));
    }
}

static void tell_content(FILE *out, const struct event *event)
{
    for (const struct field *field = fields_of_properties(); field->name; field++) {
        if (event->properties.flags & field->flag) {
            tell_argument(out, field, &event->properties);
        }
    }
    fputs(" body=", out);
    tell_octets(out, (struct slice){event->body, event->body_len});
}

void tell_event(FILE *out, const char *name, const struct event *event)
{
    char method[SPEC_NAME_MAX];
    fputs(name, out);
    if (event->channel != 0) {
        fprintf(out, ".%u", event->channel);
    }
    if (event->heartbeat) {
        fputs(" < heartbeat", out);
        return;
    }
    struct amqp_args args = event->args;
    method_spec_name(args.method, method, sizeof method);
    fprintf(out, " < %s", method);
    for (const struct field *field = fields_of(args.method); field->name; field++) {
        tell_argument(out, field, fields_base(&args));
    }
    if (amqp_method_has_content(args.method)) {
        tell_content(out, event);
    }
}

void trace_event(const char *name, const struct event *event)
{
    tell_event(stderr, name, event);
    fputc('\n', stderr);
}
