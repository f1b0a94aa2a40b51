#include "admin/target.h"

#include <criterion/criterion.h>

static struct target target;

static bool parse(const char *text)
{
    return target_parse((struct slice){(const uint8_t *)text, strlen(text)}, &target);
}

Test(target, decodes_segments_one_by_one)
{
    cr_assert(parse("/api/queues/%2F/a%2fb+c"));
    cr_assert_eq(target.path_count, 4);
    cr_assert(slice_eq(target.path[2], SLICE("/")));
    cr_assert(slice_eq(target.path[3], SLICE("a/b+c")));
    target_finish(&target);
}

Test(target, a_segment_may_be_empty_but_not_the_last)
{
    cr_assert(parse("/api/exchanges/v//"));
    cr_assert_eq(target.path_count, 4);
    cr_assert_eq(target.path[3].len, 0);
    target_finish(&target);
    cr_assert(parse("/"));
    cr_assert_eq(target.path_count, 0);
    target_finish(&target);
}

Test(target, reads_parameters)
{
    cr_assert(parse("/x?a=1&b=x%26y+z&flag=true&c&&=&d="));
    cr_assert(slice_eq(target_parameter(&target, SLICE("a")), SLICE("1")));
    cr_assert(slice_eq(target_parameter(&target, SLICE("b")), SLICE("x&y z")));
    cr_assert(target_flag(&target, SLICE("flag")));
    cr_assert(!target_flag(&target, SLICE("a")));
    cr_assert_not_null(target_parameter(&target, SLICE("d")).ptr);
    cr_assert_null(target_parameter(&target, SLICE("e")).ptr);
    target_finish(&target);
}

Test(target, refuses_what_is_malformed_or_too_much)
{
    cr_assert(!parse(""));
    cr_assert(!parse("api"));
    cr_assert(!parse("http://elsewhere/api"));
    cr_assert(!parse("/%"));
    cr_assert(!parse("/%4"));
    cr_assert(!parse("/%g0"));
    cr_assert(!parse("/x?a=%"));
    cr_assert(!parse("/1/2/3/4/5/6/7/8/9/10/11/12/13"));
}
