#include "conf/setting_field.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "conf/format.h"

static bool starts_encrypted(struct slice text)
{
    return slice_starts(text, SLICE("encrypted:"));
}

static bool assign_text(char **field, const struct assignment *a)
{
    if (!value_text_allowed(a->value, a->row->allowed)) {
        return false;
    }
    free(*field);
    *field = format_copy(a->value);
    return true;
}

/* RabbitMQ can keep passwords encrypted; taken as they stand they would be the wrong ones. */
static bool assign_secret(char **field, const struct assignment *a)
{
    return !starts_encrypted(a->value) && assign_text(field, a);
}

static bool assign_flag(bool *field, const struct assignment *a)
{
    bool value;
    bool allowed = value_parse_flag(a->value, &value);
    *field = allowed ? value : *field;
    return allowed;
}

typedef bool (*number_parser)(struct slice text, const char *allowed, uint64_t *value);

static bool assign_number(uint64_t *field, const struct assignment *a, number_parser parse)
{
    uint64_t value;
    bool allowed = parse(a->value, a->row->allowed, &value);
    *field = allowed ? value : *field;
    return allowed;
}

static bool assign_ratio(double *field, const struct assignment *a)
{
    double value;
    bool allowed = value_parse_ratio(a->value, a->row->allowed, &value);
    *field = allowed ? value : *field;
    return allowed;
}

static bool assign_choice(int *field, const struct assignment *a)
{
    int index = value_parse_choice(a->value, a->row->allowed);
    if (index == CHOICE_UNSET) {
        return false;
    }
    *field = index;
    return true;
}

/* Items are in the order of their names if those are numbers; other names do not move. */
static bool goes_before(const char *name, struct slice other)
{
    uint64_t a, b;
    return value_parse_number(format_slice(name), "", &a) && value_parse_number(other, "", &b) &&
           a > b;
}

/* Makes room for an item at `index` of an array whose items begin with their name. */
static void *insert(void *items, size_t *count, size_t index, size_t size)
{
    char *grown = memory_grow(items, (*count + 1) * size);
    memmove(grown + (index + 1) * size, grown + index * size, (*count - index) * size);
    memset(grown + index * size, 0, size);
    (*count)++;
    return grown;
}

static struct setting_item *list_item(struct setting_list *list, struct slice name)
{
    size_t at = list->count;
    for (size_t i = 0; i < list->count; i++) {
        if (slice_eq(format_slice(list->items[i].name), name)) {
            return &list->items[i];
        }
        if (at == list->count && goes_before(list->items[i].name, name)) {
            at = i;
        }
    }
    list->items = insert(list->items, &list->count, at, sizeof list->items[0]);
    list->items[at].name = format_copy(name);
    return &list->items[at];
}

static void list_put(struct setting_list *list, struct slice name, struct slice value)
{
    struct setting_item *item = list_item(list, name);
    free(item->value);
    item->value = format_copy(value);
    item->on = slice_eq(value, SLICE("true"));
}

static bool assign_flag_item(struct setting_list *list, const struct assignment *a)
{
    bool on;
    if (!value_parse_flag(a->value, &on)) {
        return false;
    }
    list_put(list, a->names[0], a->value);
    return true;
}

static bool assign_text_item(struct setting_list *list, const struct assignment *a)
{
    if (a->value.len == 0 || !value_text_allowed(a->value, a->row->allowed)) {
        return false;
    }
    list_put(list, a->names[0], a->value);
    return true;
}

static bool assign_kept(struct setting_list *list, const struct assignment *a)
{
    list_put(list, a->key, a->value);
    return true;
}

static bool assign_listener(struct listener_list *list, const struct assignment *a)
{
    struct listener listener = {0};
    if (!listener_parse(a->value, &listener)) {
        return false;
    }
    listener.name = format_copy(a->names[0]);
    size_t at = list->count;
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].name, listener.name) == 0) {
            listener_finish(&list->items[i]);
            list->items[i] = listener;
            return true;
        }
        if (at == list->count && goes_before(list->items[i].name, a->names[0])) {
            at = i;
        }
    }
    list->items = insert(list->items, &list->count, at, sizeof list->items[0]);
    list->items[at] = listener;
    return true;
}

static char **user_property(struct default_user *user, struct slice property)
{
    char **const properties[] = {&user->password, &user->tags, &user->configure,
                                 &user->write,    &user->read, &user->vhost_pattern};
    const char *words = settings_row(SETTING_default_users)->allowed;
    int index = value_parse_choice(property, words);
    return index == CHOICE_UNSET ? NULL : properties[index];
}

static struct default_user *user_of(struct default_user_list *list, struct slice name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (slice_eq(format_slice(list->items[i].name), name)) {
            return &list->items[i];
        }
    }
    list->items = insert(list->items, &list->count, list->count, sizeof list->items[0]);
    list->items[list->count - 1].name = format_copy(name);
    return &list->items[list->count - 1];
}

static bool assign_user(struct default_user_list *list, const struct assignment *a)
{
    bool known = value_parse_choice(a->names[1], a->row->allowed) != CHOICE_UNSET;
    bool password = slice_eq(a->names[1], SLICE("password"));
    if (!known || (password && starts_encrypted(a->value))) {
        return false;
    }
    char **property = user_property(user_of(list, a->names[0]), a->names[1]);
    free(*property);
    *property = format_copy(a->value);
    return true;
}

bool setting_field_assign(void *field, const struct assignment *a)
{
    switch (a->row->type) {
    case SETTING_TYPE_flag:
        return assign_flag(field, a);
    case SETTING_TYPE_number:
        return assign_number(field, a, value_parse_number);
    case SETTING_TYPE_size:
        return assign_number(field, a, value_parse_size);
    case SETTING_TYPE_amount:
        return assign_number(field, a, value_parse_amount);
    case SETTING_TYPE_ratio:
        return assign_ratio(field, a);
    case SETTING_TYPE_choice:
        return assign_choice(field, a);
    case SETTING_TYPE_text:
        return assign_text(field, a);
    case SETTING_TYPE_secret:
        return assign_secret(field, a);
    case SETTING_TYPE_listeners:
        return assign_listener(field, a);
    case SETTING_TYPE_flags:
        return assign_flag_item(field, a);
    case SETTING_TYPE_texts:
        return assign_text_item(field, a);
    case SETTING_TYPE_users:
        return assign_user(field, a);
    case SETTING_TYPE_kept:
        return assign_kept(field, a);
    }
    return false;
}

bool setting_type_is_list(enum setting_type type)
{
    return type >= SETTING_TYPE_listeners;
}

static void unset(void *field, enum setting_type type)
{
    switch (type) {
    case SETTING_TYPE_number:
    case SETTING_TYPE_size:
    case SETTING_TYPE_amount:
        *(uint64_t *)field = VALUE_UNLIMITED;
        break;
    case SETTING_TYPE_ratio:
        *(double *)field = VALUE_NO_RATIO;
        break;
    case SETTING_TYPE_choice:
        *(int *)field = CHOICE_UNSET;
        break;
    case SETTING_TYPE_text:
    case SETTING_TYPE_secret:
        *(char **)field = format_copy(SLICE(""));
        break;
    case SETTING_TYPE_flag:
    case SETTING_TYPE_listeners:
    case SETTING_TYPE_flags:
    case SETTING_TYPE_texts:
    case SETTING_TYPE_users:
    case SETTING_TYPE_kept:
        break; // zeroes already
    }
}

/* The items of a default are named 1, 2... but flags are their own names. */
static void default_items(void *field, const struct setting *row)
{
    const char *at = row->fallback;
    for (unsigned number = 1; *at != '\0'; number++) {
        size_t len = strcspn(at, " ");
        struct bytes name = {0};
        struct slice item = {(const uint8_t *)at, len};
        struct assignment a = {.row = row, .value = item};
        if (row->type == SETTING_TYPE_flags) {
            bytes_add(&name, item);
            a.value = SLICE("true");
        } else if (row->type == SETTING_TYPE_listeners && number == 1) {
            bytes_add(&name, SLICE("default"));
        } else {
            format_add(&name, "%u", number);
        }
        a.names[0] = bytes_slice(&name);
        CHECK(setting_field_assign(field, &a));
        bytes_finish(&name);
        at += len + (at[len] == ' ');
    }
}

void setting_field_default(void *field, const struct setting *row)
{
    if (setting_type_is_list(row->type)) {
        default_items(field, row);
        return;
    }
    if (*row->fallback == '\0') {
        unset(field, row->type);
        return;
    }
    CHECK(setting_field_assign(
        field, &(struct assignment){.row = row, .value = format_slice(row->fallback)}));
}

static void finish_users(struct default_user_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct default_user *user = &list->items[i];
        free(user->name);
        free(user->password);
        free(user->tags);
        free(user->configure);
        free(user->write);
        free(user->read);
        free(user->vhost_pattern);
    }
    free(list->items);
    *list = (struct default_user_list){0};
}

static void finish_listeners(struct listener_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        listener_finish(&list->items[i]);
    }
    free(list->items);
    *list = (struct listener_list){0};
}

static void finish_items(struct setting_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].name);
        free(list->items[i].value);
    }
    free(list->items);
    *list = (struct setting_list){0};
}

void setting_field_finish(void *field, enum setting_type type)
{
    switch (type) {
    case SETTING_TYPE_text:
    case SETTING_TYPE_secret:
        free(*(char **)field), *(char **)field = NULL;
        break;
    case SETTING_TYPE_listeners:
        finish_listeners(field);
        break;
    case SETTING_TYPE_users:
        finish_users(field);
        break;
    case SETTING_TYPE_flags:
    case SETTING_TYPE_texts:
    case SETTING_TYPE_kept:
        finish_items(field);
        break;
    case SETTING_TYPE_flag:
    case SETTING_TYPE_number:
    case SETTING_TYPE_size:
    case SETTING_TYPE_amount:
    case SETTING_TYPE_ratio:
    case SETTING_TYPE_choice:
        break;
    }
}
