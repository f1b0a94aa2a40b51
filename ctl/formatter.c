#include "ctl/formatter.h"

#include <stdlib.h>

#include "conf/format.h"
#include "ctl/formatter_internal.h"

enum formatter formatter_of(const char *name)
{
    static const char *const names[] = {
#define F(NAME, name) name,
        FORMATTERS(F)
#undef F
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name) == 0) {
            return (enum formatter)i;
        }
    }
    return FORMATTER_UNKNOWN;
}

/* The member that a path with dots leads to. A name with dots in it is not looked for. */
const json_t *formatter_value(const struct column *column, const json_t *row)
{
    char name[64];
    const char *at = column->path;
    while (row && *at) {
        size_t len = strcspn(at, ".");
        if (len >= sizeof name) {
            return NULL;
        }
        memcpy(name, at, len);
        name[len] = '\0';
        row = json_object_get(row, name);
        at += len + (at[len] == '.');
    }
    return row;
}

/* Tabs and line ends would break the table. */
static void add_line(struct bytes *out, const char *text)
{
    for (; *text; text++) {
        unsigned char octet = (unsigned char)*text;
        if (octet < ' ' || octet == 127) {
            format_add(out, "\\%03o", octet);
        } else {
            bytes_add_u8(out, octet);
        }
    }
}

static void add_json(struct bytes *out, const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    format_add(out, "%s", text ? text : "");
    free(text);
}

static void add_elements(struct bytes *out, const json_t *array)
{
    size_t index;
    json_t *element;
    format_add(out, "[");
    json_array_foreach(array, index, element)
    {
        format_add(out, index > 0 ? ", " : "");
        formatter_add_value(out, element);
    }
    format_add(out, "]");
}

static void add_members(struct bytes *out, json_t *object)
{
    const char *key;
    json_t *member;
    const char *between = "";
    format_add(out, "{");
    json_object_foreach(object, key, member)
    {
        format_add(out, "%s%s: ", between, key);
        formatter_add_value(out, member);
        between = ", ";
    }
    format_add(out, "}");
}

void formatter_add_value(struct bytes *out, const json_t *value)
{
    if (json_is_string(value)) {
        add_line(out, json_string_value(value));
    } else if (json_is_array(value)) {
        add_elements(out, value);
    } else if (json_is_object(value)) {
        add_members(out, (json_t *)value);
    } else if (value && !json_is_null(value)) {
        add_json(out, value);
    }
}

/* [{"key",value},…], as RabbitMQ shows the arguments of a declaration. */
static void add_arguments(struct bytes *out, json_t *object)
{
    const char *key;
    json_t *member;
    const char *between = "";
    format_add(out, "[");
    json_object_foreach(object, key, member)
    {
        format_add(out, "%s{\"%s\",", between, key);
        add_json(out, member);
        format_add(out, "}");
        between = ",";
    }
    format_add(out, "]");
}

bool formatter_is_protocol(const struct column *column, const json_t *value)
{
    return column->kind == COLUMN_PROTOCOL && json_is_string(value) &&
           strcmp(json_string_value(value), "AMQP 0-9-1") == 0;
}

static void add_without_blanks(struct bytes *out, const json_t *value)
{
    const char *text = json_is_string(value) ? json_string_value(value) : "";
    for (; *text; text++) {
        if (*text != ' ') {
            bytes_add_u8(out, (uint8_t)*text);
        }
    }
}

void formatter_add_text(struct bytes *out, const struct column *column, const json_t *row)
{
    const json_t *value = formatter_value(column, row);
    if (column->kind == COLUMN_CONSTANT) {
        format_add(out, "%s", column->path);
    } else if (column->kind == COLUMN_NO_BLANKS) {
        add_without_blanks(out, value);
    } else if (column->kind == COLUMN_ARGUMENTS && (json_is_object(value) || !value)) {
        add_arguments(out, (json_t *)value);
    } else if (column->kind == COLUMN_JSON && value) {
        add_json(out, value);
    } else if (formatter_is_protocol(column, value)) {
        format_add(out, "{0,9,1}");
    } else {
        formatter_add_value(out, value);
    }
}

const char *formatter_type(const json_t *value)
{
    return json_is_string(value)    ? "longstr"
           : json_is_integer(value) ? "long"
           : json_is_boolean(value) ? "bool"
           : json_is_real(value)    ? "double"
           : json_is_array(value)   ? "array"
           : json_is_object(value)  ? "table"
                                    : "void";
}

/* [["x-max-length","long",10]]: with the type in AMQP that such a value most likely has. */
static json_t *typed_arguments(json_t *object)
{
    const char *key;
    json_t *member;
    json_t *list = json_array();
    json_object_foreach(object, key, member)
    {
        json_array_append_new(list, json_pack("[s,s,O]", key, formatter_type(member), member));
    }
    return list;
}

/* The value of a column as JSON, a new reference. What is not known is an empty text, as in
 * RabbitMQ. */
static json_t *json_of(const struct column *column, const json_t *row)
{
    const json_t *value = formatter_value(column, row);
    if (column->kind == COLUMN_ARGUMENTS && (json_is_object(value) || !value)) {
        return typed_arguments((json_t *)value);
    }
    if (formatter_is_protocol(column, value)) {
        return json_pack("[i,i,i]", 0, 9, 1);
    }
    if (column->kind == COLUMN_JSON || column->kind == COLUMN_NO_BLANKS ||
        column->kind == COLUMN_CONSTANT) {
        struct bytes text = {0};
        formatter_add_text(&text, column, row);
        json_t *string =
            text.len > 0 ? json_stringn((const char *)text.ptr, text.len) : json_string("");
        bytes_finish(&text);
        return string;
    }
    return value && !json_is_null(value) ? json_incref((json_t *)value) : json_string("");
}

static void print_json(const struct sheet *sheet, FILE *out)
{
    size_t index;
    json_t *row;
    bool empty = json_array_size(sheet->rows) == 0 && !sheet->streams;
    fputs(empty ? "[]\n" : "[\n", out);
    json_array_foreach(sheet->rows, index, row)
    {
        json_t *shown = json_object();
        for (size_t i = 0; i < sheet->count; i++) {
            json_object_set_new(shown, sheet->columns[i]->name, json_of(sheet->columns[i], row));
        }
        fputs(index > 0 ? "," : "", out);
        json_dumpf(shown, out, JSON_COMPACT | JSON_PRESERVE_ORDER);
        fputc('\n', out);
        json_decref(shown);
    }
    fputs(empty ? "" : "]\n", out);
}

static void print_text(const struct bytes *text, FILE *out)
{
    if (text->len > 0) {
        fwrite(text->ptr, 1, text->len, out);
    }
}

static void print_quoted(struct slice text, FILE *out)
{
    fputc('"', out);
    for (size_t i = 0; i < text.len; i++) {
        fputs(text.ptr[i] == '"' ? "\"" : "", out);
        fputc(text.ptr[i], out);
    }
    fputc('"', out);
}

/* Without rows there are no headers either, as in RabbitMQ. */
static void print_csv(const struct sheet *sheet, FILE *out)
{
    size_t index;
    json_t *row;
    struct bytes text = {0};
    bool empty = json_array_size(sheet->rows) == 0;
    fputs(empty && !sheet->streams ? "\n" : "", out);
    for (size_t i = 0; sheet->headers && !empty && i < sheet->count; i++) {
        const char *name = sheet->columns[i]->name;
        print_quoted(format_slice(name), out);
        fputc(i + 1 < sheet->count ? ',' : '\n', out);
    }
    json_array_foreach(sheet->rows, index, row)
    {
        for (size_t i = 0; i < sheet->count; i++) {
            text.len = 0;
            formatter_add_text(&text, sheet->columns[i], row);
            print_quoted(bytes_slice(&text), out);
            fputc(i + 1 < sheet->count ? ',' : '\n', out);
        }
    }
    bytes_finish(&text);
}

/* The same. */
static void print_table(const struct sheet *sheet, FILE *out)
{
    size_t index;
    json_t *row;
    struct bytes text = {0};
    bool empty = json_array_size(sheet->rows) == 0;
    format_add(&text, empty && !sheet->streams ? "\n" : "");
    for (size_t i = 0; sheet->headers && !empty && i < sheet->count; i++) {
        format_add(&text, "%s%s", sheet->columns[i]->name, i + 1 < sheet->count ? "\t" : "\n");
    }
    json_array_foreach(sheet->rows, index, row)
    {
        for (size_t i = 0; i < sheet->count; i++) {
            formatter_add_text(&text, sheet->columns[i], row);
            format_add(&text, i + 1 < sheet->count ? "\t" : "\n");
        }
    }
    print_text(&text, out);
    bytes_finish(&text);
}

void formatter_print(enum formatter formatter, const struct sheet *sheet, FILE *out)
{
    switch (formatter) {
    case FORMATTER_JSON:
        print_json(sheet, out);
        break;
    case FORMATTER_CSV:
        print_csv(sheet, out);
        break;
    case FORMATTER_ERLANG:
        formatter_print_erlang(sheet, out);
        break;
    case FORMATTER_PRETTY_TABLE:
        formatter_print_pretty(sheet, out);
        break;
    case FORMATTER_TABLE:
    case FORMATTER_UNKNOWN:
        print_table(sheet, out);
        break;
    }
}
