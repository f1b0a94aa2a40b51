#define _GNU_SOURCE
#include "server/machine.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_ROOM = 512 };

/* A directory that looks like /sys/fs/cgroup as far as it goes. */
struct tree {
    char root[64];
};

static struct tree tree_new(void)
{
    struct tree tree = {.root = "/tmp/leveret-groups-XXXXXX"};
    cr_assert_not_null(mkdtemp(tree.root));
    return tree;
}

static void tree_add(const struct tree *tree, const char *path, const char *content)
{
    char full[PATH_ROOM];
    snprintf(full, sizeof full, "%s/%s", tree->root, path);
    for (char *slash = full + strlen(tree->root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(full, 0700);
        *slash = '/';
    }
    FILE *file = fopen(full, "w");
    cr_assert_not_null(file);
    fputs(content, file);
    fclose(file);
}

static void tree_free(const struct tree *tree)
{
    char command[PATH_ROOM];
    snprintf(command, sizeof command, "rm -r '%s'", tree->root);
    cr_assert_eq(system(command), 0);
}

Test(machine, obeys_the_limit_of_its_own_group)
{
    struct tree tree = tree_new();
    tree_add(&tree, "app/worker/memory.max", "1073741824\n");
    cr_assert_eq(machine_group_limit(tree.root, "0::/app/worker\n"), 1073741824);
    tree_free(&tree);
}

Test(machine, obeys_the_limits_of_the_groups_above)
{
    struct tree tree = tree_new();
    tree_add(&tree, "app/worker/memory.max", "max\n");
    tree_add(&tree, "app/memory.max", "2000\n");
    tree_add(&tree, "memory.max", "3000\n");
    cr_assert_eq(machine_group_limit(tree.root, "0::/app/worker\n"), 2000);
    tree_free(&tree);
}

Test(machine, obeys_the_root_of_a_container_that_does_not_see_its_path)
{
    struct tree tree = tree_new();
    tree_add(&tree, "memory.max", "3000\n");
    cr_assert_eq(machine_group_limit(tree.root, "0::/../elsewhere/abc\n"), 3000);
    tree_free(&tree);
}

Test(machine, obeys_the_first_version_of_control_groups)
{
    struct tree tree = tree_new();
    tree_add(&tree, "memory/app/memory.limit_in_bytes", "5000\n");
    tree_add(&tree, "memory/memory.limit_in_bytes", "9223372036854771712\n");
    cr_assert_eq(machine_group_limit(tree.root, "5:cpu:/x\n4:hugetlb,memory:/app\n0::/\n"), 5000);
    cr_assert_eq(machine_group_limit(tree.root, "4:memory:/\n"), UINT64_MAX);
    tree_free(&tree);
}

Test(machine, has_no_limit_without_control_groups)
{
    struct tree tree = tree_new();
    cr_assert_eq(machine_group_limit(tree.root, ""), UINT64_MAX);
    cr_assert_eq(machine_group_limit(tree.root, "nonsense\n0::/a\n7:cpu:/memory\n"), UINT64_MAX);
    tree_free(&tree);
}

Test(machine, uses_less_memory_than_there_is)
{
    uint64_t used = machine_memory_used();
    cr_assert_gt(used, 0);
    cr_assert_gt(machine_memory(), used);
}

Test(machine, tells_how_many_descriptors_are_open)
{
    uint64_t before = machine_descriptors_used();
    int more[2];
    cr_assert_eq(pipe(more), 0);
    cr_expect_eq(machine_descriptors_used(), before + 2);
    close(more[0]);
    close(more[1]);
}

Test(machine, tells_what_is_free_on_a_disk)
{
    cr_expect_gt(machine_free_space("."), 0);
    cr_expect_eq(machine_free_space("/nowhere"), 0);
}

Test(machine, counts_context_switches)
{
    struct timespec a_moment = {.tv_nsec = 1000 * 1000};
    uint64_t before = machine_context_switches();
    nanosleep(&a_moment, NULL);
    cr_expect_gt(machine_context_switches(), before);
}

Test(machine, tells_the_limit_of_descriptors_as_it_is)
{
    struct rlimit limit = {.rlim_cur = 77, .rlim_max = 200};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_eq(machine_descriptor_limit(), 77);
    cr_expect_eq(machine_raise_descriptor_limit(), 200);
    cr_expect_eq(machine_descriptor_limit(), 200);
}

Test(machine, tells_the_limit_of_processes_and_one_where_there_is_none)
{
    struct rlimit limit = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    uint64_t inherited = machine_process_limit();
    cr_expect_gt(inherited, 1);
    if (setrlimit(RLIMIT_NPROC, &limit) == 0) { // for root only
        cr_expect_eq(machine_process_limit(), 1048576);
    }
    limit = (struct rlimit){.rlim_cur = 4321, .rlim_max = 4321};
    cr_assert_eq(setrlimit(RLIMIT_NPROC, &limit), 0);
    cr_expect_eq(machine_process_limit(), 4321);
}
