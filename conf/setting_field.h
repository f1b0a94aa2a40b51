#ifndef CONF_SETTING_FIELD_H
#define CONF_SETTING_FIELD_H

#include "conf/settings.h"

/* What can be done with the field of a setting, by its type. A field is a pointer to the member of
 * struct settings that the row's offset says. */

/* One `key = value`, with its row found and the parts of the key that the user chose. */
struct assignment {
    const struct setting *row;
    struct slice key;      // as it stands in the file
    struct slice names[2]; // what stands for the $parts of the row's key
    struct slice value;
};

/* False, with the field untouched, if the value is not allowed. */
bool setting_field_assign(void *field, const struct assignment *assignment);

void setting_field_default(void *field, const struct setting *row);
void setting_field_finish(void *field, enum setting_type type); // leaves an empty list or NULL

bool setting_type_is_list(enum setting_type type); // of listeners, flags, texts, users and kept

#endif
