#ifndef TESTS_UNIT_BROKER_STORY_INTERNAL_H
#define TESTS_UNIT_BROKER_STORY_INTERNAL_H

#include "tests/unit/broker/story.h"

/* How a story is told (story_tell.c). */
__attribute__((format(printf, 2, 3))) void story_say(struct story *story, const char *format, ...);
void story_say_text(struct story *story, struct slice text); // with names made by the broker cut
void story_tell(struct story *story); // the effects, which are given to the shelf and cleared

#endif
