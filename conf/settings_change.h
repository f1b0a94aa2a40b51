#ifndef CONF_SETTINGS_CHANGE_H
#define CONF_SETTINGS_CHANGE_H

#include "conf/settings.h"

/* Some settings can be given another value while the broker runs, which holds until it ends. Who
 * carries them out has to be told: nothing here does that. */

/* Changes one. Settings that would go before it, or are another word for the same, are as if nobody
 * had set them. False, with an error in findings and nothing changed, if the value is not allowed
 * or the setting cannot be changed while the broker runs. */
bool settings_change(struct settings *settings, struct slice key, struct slice value,
                     struct findings *findings);

/* Takes the settings of the log from others, as a reload does. */
void settings_take_log(struct settings *settings, const struct settings *others);

#endif
