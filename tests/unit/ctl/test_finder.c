#include "ctl/finder.h"

#include <criterion/criterion.h>
#include <errno.h>

Test(finder, a_node_goes_by_several_names)
{
    cr_assert(finder_matches("rabbit@host:5672", "rabbit@host:5672"));
    cr_assert(finder_matches("rabbit@host:5672", "rabbit@host"));
    cr_assert(finder_matches("rabbit@host:5672", "rabbit@localhost"));
    cr_assert(finder_matches("rabbit@host:5672", "rabbit"));
    cr_assert(finder_matches("rabbit@host:5672", "5672"));
}

Test(finder, others_are_others)
{
    cr_assert_not(finder_matches("rabbit@host:5672", "rabbit@other"));
    cr_assert_not(finder_matches("rabbit@host:5672", "rabbi"));
    cr_assert_not(finder_matches("rabbit@host:5672", "hare@localhost"));
    cr_assert_not(finder_matches("rabbit@host:5672", "672"));
    cr_assert_not(finder_matches("rabbit@host:5672", ""));
}

Test(finder, a_path_is_taken_as_it_is)
{
    struct text why = {.len = 0};
    struct http_server server = {.timeout_s = 1};
    struct finder finder = {.socket = "/somewhere/leveret.sock"};
    cr_assert_eq(finder_find(&finder, &server, &why), 0);
    cr_assert_str_eq(server.socket, "/somewhere/leveret.sock");
    struct finder node = {.node = "./other.sock"};
    cr_assert_eq(finder_find(&node, &server, &why), 0);
    cr_assert_str_eq(server.socket, "./other.sock");
}

Test(finder, a_path_that_is_too_long_is_refused)
{
    char path[200];
    struct text why = {.len = 0};
    struct http_server server = {.timeout_s = 1};
    for (size_t i = 0; i < sizeof path; i++) {
        path[i] = '/';
    }
    path[sizeof path - 1] = '\0';
    struct finder finder = {.socket = path};
    cr_assert_eq(finder_find(&finder, &server, &why), -ENAMETOOLONG);
    cr_assert(why.len > 0);
}
