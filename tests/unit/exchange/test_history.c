#include "exchange/history.h"
#include "tests/unit/exchange/kit.h"

/* Messages are the letters of this text; released ones are marked. */
static void mark(void *message)
{
    *(char *)message = '-';
}

static void keep(struct history *history, char *text)
{
    for (; *text; text++) {
        history_keep(history, text, mark);
    }
}

static void holds(const struct history *history, const char *wanted)
{
    cr_assert_eq(history_count(history), strlen(wanted));
    for (uint32_t i = 0; wanted[i]; i++) {
        cr_assert_eq(*(char *)history_at(history, i), wanted[i]);
    }
}

Test(history, keeps_the_last_messages_in_order)
{
    for (uint32_t limit = 1; limit <= 26; limit++) {
        char text[] = "abcdefghijklmnopqrstuvwxyz";
        char all[] = "abcdefghijklmnopqrstuvwxyz";
        struct history *history = history_new(limit);
        keep(history, text);
        holds(history, all + 26 - limit);
        for (uint32_t i = 0; i < 26 - limit; i++) {
            cr_assert_eq(text[i], '-');
        }
        history_free(history);
        cr_assert_eq(strspn(text, "-"), 26);
    }
}

Test(history, takes_no_more_memory_than_it_has_messages)
{
    char text[] = "abc";
    struct history *history = history_new(UINT32_MAX);
    holds(history, "");
    keep(history, text);
    holds(history, "abc");
    history_free(history);
    cr_assert_str_eq(text, "---");
}
