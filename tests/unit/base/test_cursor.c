#include <criterion/criterion.h>

#include "base/cursor.h"

struct item {
    struct list_node link;
    int number;
};

static struct list list, cursors;
static struct item items[5];

static void setup(void)
{
    list_init(&list);
    list_init(&cursors);
    for (int i = 0; i < 5; i++) {
        items[i] = (struct item){.number = i};
        list_push(&list, &items[i].link);
    }
}

TestSuite(cursor, .init = setup);

static int next(struct cursor *cursor)
{
    const struct list_node *node = cursor_next(cursor);
    return node ? container_of(node, struct item, link)->number : -1;
}

static void leave(int number)
{
    cursors_leave(&cursors, &items[number].link);
    list_unlink(&items[number].link);
}

Test(cursor, meets_every_member_once)
{
    struct cursor cursor = {.next = NULL};
    cursor_begin(&cursor, &cursors, &list);
    for (int i = 0; i < 5; i++) {
        cr_assert_eq(next(&cursor), i);
    }
    cr_assert_eq(next(&cursor), -1);
    cr_assert_eq(next(&cursor), -1);
    cr_assert(list_empty(&cursors));
}

Test(cursor, members_that_go_meanwhile_do_no_harm)
{
    struct cursor cursor = {.next = NULL}, other = {.next = NULL};
    cursor_begin(&cursor, &cursors, &list);
    cursor_begin(&other, &cursors, &list);
    cr_assert_eq(next(&cursor), 0);
    leave(0);
    leave(1);
    leave(2);
    cr_assert_eq(next(&cursor), 3);
    cr_assert_eq(next(&other), 3);
    leave(4);
    cr_assert_eq(next(&cursor), -1);
    leave(3);
    cr_assert_eq(next(&other), -1);
}

Test(cursor, a_list_may_go_before_its_cursors)
{
    struct cursor cursor = {.next = NULL};
    cursor_begin(&cursor, &cursors, &list);
    cursors_finish(&cursors);
    cr_assert_eq(next(&cursor), -1);
    cursor_end(&cursor);
}
