#define _GNU_SOURCE

#include "server/data_directory.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

static char root[] = "/tmp/leveret-test.XXXXXX";

static void enter(void)
{
    cr_assert(mkdtemp(root));
    cr_assert_eq(chdir(root), 0);
}

static void leave(void)
{
    cr_assert_eq(chdir("/"), 0);
    cr_assert_eq(rmdir(root), 0);
}

TestSuite(data_directory, .init = enter, .fini = leave);

static void expect_default(struct data_places places, const char *path)
{
    struct bytes found = {0};
    struct text error = {.len = 0};
    cr_assert(data_directory_default(&places, &found, &error), "%s", error.ptr);
    cr_expect_str_eq((const char *)found.ptr, path);
    bytes_finish(&found);
}

Test(data_directory, of_root_is_the_systems)
{
    expect_default((struct data_places){.root = true, .system = "var", .home = "/home/a"}, "var");
    cr_assert_eq(rmdir("var"), 0);
}

Test(data_directory, of_others_is_in_their_home)
{
    expect_default((struct data_places){.system = "var", .state_home = "/s", .home = "/home/a"},
                   "/s/leveret");
    expect_default((struct data_places){.system = "var", .home = "/home/a"},
                   "/home/a/.local/state/leveret");
    cr_expect_eq(access("var", F_OK), -1);
}

Test(data_directory, of_a_root_that_may_not_is_in_its_home)
{
    expect_default(
        (struct data_places){.root = true, .system = "/proc/no/leveret", .home = "/root"},
        "/root/.local/state/leveret");
}

Test(data_directory, is_asked_for_if_there_is_no_home)
{
    struct bytes path = {0};
    struct text error = {.len = 0};
    cr_expect_not(data_directory_default(&(struct data_places){.system = "var"}, &path, &error));
    cr_expect_not_null(strstr(error.ptr, "--data-dir"));
}

Test(data_directory, is_made_with_those_above_it)
{
    struct text error = {.len = 0};
    struct stat status;
    cr_assert(data_directory_make("a/b//c/", &error), "%s", error.ptr);
    cr_assert(data_directory_make("a/b/c", &error), "%s", error.ptr);
    cr_assert_eq(stat("a/b/c", &status), 0);
    cr_expect_eq(status.st_mode & 07777, 0750);
    rmdir("a/b/c");
    rmdir("a/b");
    rmdir("a");
}

Test(data_directory, says_why_it_cannot_be_made)
{
    struct text error = {.len = 0};
    cr_expect_not(data_directory_make("/proc/no/leveret", &error));
    cr_expect_str_eq(error.ptr, "cannot make the data directory /proc/no/leveret: No such file or "
                                "directory");
}
