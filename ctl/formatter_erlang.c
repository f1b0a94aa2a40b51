#include "ctl/formatter_internal.h"

#include "conf/format.h"
#include "ctl/term.h"

/* [{<<"x-max-length">>,long,10}] */
static json_t *arguments_of(json_t *object)
{
    const char *name;
    json_t *member;
    json_t *list = term_list();
    json_object_foreach(object, name, member)
    {
        json_t *argument = term_tuple();
        json_array_append_new(argument, term_binary(format_slice(name)));
        json_array_append_new(argument, term_atom(formatter_type(member)));
        json_array_append_new(argument, json_is_object(member) ? arguments_of(member)
                                                               : term_of(member, TERM_MAPS));
        json_array_append_new(list, argument);
    }
    return list;
}

/* A word, or a list of words. */
static json_t *atoms_of(const json_t *value)
{
    size_t index;
    json_t *element;
    if (json_is_string(value)) {
        return term_atom(json_string_value(value));
    }
    if (!json_is_array(value)) {
        return term_of(value, TERM_MAPS);
    }
    json_t *list = term_list();
    json_array_foreach(value, index, element)
    {
        json_array_append_new(list, atoms_of(element));
    }
    return list;
}

static json_t *text_of(const struct column *column, const json_t *row)
{
    struct bytes text = {0};
    formatter_add_text(&text, column, row);
    json_t *term = term_binary(bytes_slice(&text));
    bytes_finish(&text);
    return term;
}

static json_t *protocol_term(void)
{
    json_t *version = term_tuple();
    json_array_append_new(version, json_string("0"));
    json_array_append_new(version, json_string("9"));
    json_array_append_new(version, json_string("1"));
    return version;
}

/* What is not known is an empty atom, as in RabbitMQ. */
static json_t *term_of_column(const struct column *column, const json_t *row)
{
    const json_t *value = formatter_value(column, row);
    if (column->kind == COLUMN_ARGUMENTS && (json_is_object(value) || !value)) {
        return arguments_of((json_t *)value);
    }
    if (column->kind == COLUMN_CONSTANT) {
        return term_atom(column->path);
    }
    if (column->kind == COLUMN_ATOM && value) {
        return atoms_of(value);
    }
    if (formatter_is_protocol(column, value)) {
        return protocol_term();
    }
    if (column->kind == COLUMN_JSON || column->kind == COLUMN_NO_BLANKS) {
        return text_of(column, row);
    }
    return value && !json_is_null(value) ? term_of(value, TERM_MAPS) : term_atom("");
}

void formatter_print_erlang(const struct sheet *sheet, FILE *out)
{
    size_t index;
    json_t *row;
    struct bytes text = {0};
    json_t *list = term_list();
    json_array_foreach(sheet->rows, index, row)
    {
        json_t *pairs = term_list();
        for (size_t i = 0; i < sheet->count; i++) {
            json_t *value = term_of_column(sheet->columns[i], row);
            json_array_append_new(pairs, term_pair(sheet->columns[i]->name, value));
        }
        json_array_append_new(list, pairs);
    }
    term_print(list, &text);
    fprintf(out, "%.*s\n", (int)text.len, (const char *)text.ptr);
    json_decref(list);
    bytes_finish(&text);
}
