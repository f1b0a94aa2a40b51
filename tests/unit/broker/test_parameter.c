#include "broker/parameter.h"

#include <stdlib.h>

#include "broker/view.h"
#include "tests/unit/broker/describe.h"
#include "tests/unit/broker/shelf.h"
#include "tests/unit/broker/story.h"

static struct parameter named(const char *vhost, const char *component, const char *name)
{
    return (struct parameter){str(vhost), str(component), str(name), {NULL, 0}};
}

static void put(struct story *story, struct parameter parameter, const char *value)
{
    parameter.value = str(value);
    cr_assert_eq(broker_put_parameter(story->broker, &parameter, &story->fx), AMQP_OK);
}

static struct slice value_of(const struct broker *broker, struct parameter parameter)
{
    return broker_find_parameter(broker, &parameter) ? parameter.value : SLICE("none");
}

Test(parameter, is_known_by_component_and_name)
{
    struct story *story = story_new();
    put(story, named("/", "shovel", "a"), "1");
    put(story, named("/", "federation", "a"), "2");
    put(story, named("", "", "a"), "3");
    put(story, named("/", "shovel", "a"), "\"new\"");
    cr_assert(slice_eq(value_of(story->broker, named("/", "shovel", "a")), SLICE("\"new\"")));
    cr_assert(slice_eq(value_of(story->broker, named("/", "federation", "a")), SLICE("2")));
    cr_assert(slice_eq(value_of(story->broker, named("ignored", "", "a")), SLICE("3")));
    cr_assert(slice_eq(value_of(story->broker, named("/", "shovel", "b")), SLICE("none")));
    cr_assert(slice_eq(value_of(story->broker, named("v", "shovel", "a")), SLICE("none")));
    story_free(story);
}

Test(parameter, stands_in_order)
{
    struct story *story = story_new();
    struct arena arena = {0};
    struct view_scope scope = {.vhost = SLICE("/"), .arena = &arena};
    size_t count;
    put(story, named("/", "b", "y"), "1");
    put(story, named("/", "b", "x"), "2");
    put(story, named("/", "a", "z"), "3");
    put(story, named("/", "b", "x"), "4");
    const struct parameter *views = view_parameters(story->broker, &scope, &count);
    cr_assert_eq(count, 3);
    cr_assert(slice_eq(views[0].value, SLICE("3")));
    cr_assert(slice_eq(views[1].value, SLICE("4")));
    cr_assert(slice_eq(views[2].value, SLICE("1")));
    scope.vhost = SLICE("v");
    view_parameters(story->broker, &scope, &count);
    cr_assert_eq(count, 0);
    arena_finish(&arena);
    story_free(story);
}

Test(parameter, that_cannot_be_is_refused)
{
    struct story *story = story_new();
    struct effects *fx = &story->fx;
    uint8_t *large = calloc(1, PARAMETER_VALUE_MAX + 1);
    struct parameter nowhere = named("v", "shovel", "a");
    struct parameter nameless = named("/", "shovel", "");
    struct parameter too_large = named("", "", "a");
    too_large.value = (struct slice){large, PARAMETER_VALUE_MAX + 1};
    cr_assert_eq(broker_put_parameter(story->broker, &nowhere, fx), AMQP_NOT_FOUND);
    cr_assert_eq(broker_put_parameter(story->broker, &nameless, fx), AMQP_PRECONDITION_FAILED);
    cr_assert_eq(broker_put_parameter(story->broker, &too_large, fx), AMQP_PRECONDITION_FAILED);
    cr_assert_eq(broker_delete_parameter(story->broker, &too_large, fx), AMQP_NOT_FOUND);
    cr_assert_eq(broker_delete_parameter(story->broker, &nowhere, fx), AMQP_NOT_FOUND);
    too_large.value.len--;
    cr_assert_eq(broker_put_parameter(story->broker, &too_large, fx), AMQP_OK);
    free(large);
    story_free(story);
}

Test(parameter, outlives_the_broker)
{
    struct shelf shelf = {0};
    struct story *story = story_new_on(&story_durable, &shelf);
    struct effects *fx = &story->fx;
    struct parameter gone = named("/", "shovel", "gone"), global = named("", "", "gone");
    put(story, named("/", "shovel", "kept"), "[1]");
    put(story, named("", "", "kept"), "[2]");
    put(story, gone, "1");
    put(story, global, "1");
    cr_assert_eq(broker_delete_parameter(story->broker, &gone, fx), AMQP_OK);
    cr_assert_eq(broker_delete_parameter(story->broker, &global, fx), AMQP_OK);
    story_queue(story, "q"); // and the journal is told of what was before
    shelf_take(&shelf, story->broker, fx);
    char *before = describe(story->broker); // by way of a snapshot
    story_free(story);
    struct broker *other = broker_new(&story_durable);
    shelf_open(&shelf, other, shelf.count);
    shelf_play(&shelf, other, 0, shelf.count);
    char *after = describe(other);
    cr_assert_str_eq(after, before);
    cr_assert(strstr(after, "[1]"));
    cr_assert(slice_eq(value_of(other, named("", "", "kept")), SLICE("[2]")));
    cr_assert(slice_eq(value_of(other, global), SLICE("none")));
    free(before);
    free(after);
    broker_free(other);
    shelf_finish(&shelf);
}
