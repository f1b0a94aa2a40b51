#include "broker/names.h"

#include "tests/unit/broker/story.h"

static bool generated_is(struct text *name, const char *prefix)
{
    bool good = name->len == strlen(prefix) + 22 && slice_starts(text_slice(name), str(prefix));
    for (size_t i = strlen(prefix); i < name->len; i++) {
        good = good && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
                              name->ptr[i]);
    }
    return good;
}

Test(names, that_are_made_up_have_22_characters_that_are_never_the_same)
{
    enum { COUNT = 500 };
    struct broker *broker = broker_new(&story_options);
    static struct text names[COUNT];
    for (int i = 0; i < COUNT; i++) {
        names_generate(broker, "amq.gen-", &names[i]);
        cr_assert(generated_is(&names[i], "amq.gen-"));
        for (int j = 0; j < i; j++) {
            cr_assert_str_neq(names[i].ptr, names[j].ptr);
        }
    }
    broker_free(broker);
}

Test(names, depend_on_the_secret)
{
    struct broker_options options = story_options;
    struct text one, same, other;
    struct broker *broker = broker_new(&options);
    names_generate(broker, "x", &one);
    broker_free(broker);
    broker = broker_new(&options);
    names_generate(broker, "x", &same);
    broker_free(broker);
    options.secret.k1++;
    broker = broker_new(&options);
    names_generate(broker, "x", &other);
    broker_free(broker);
    cr_assert_str_eq(one.ptr, same.ptr);
    cr_assert_str_neq(one.ptr, other.ptr);
}

Test(names, lose_their_line_ends_and_nothing_else)
{
    struct text buffer;
    struct slice clean = SLICE("a b\t");
    cr_assert_eq(names_strip(clean, &buffer).ptr, clean.ptr, "no copy is needed");
    cr_assert(slice_eq(names_strip(SLICE("\r\na\n\rb\n"), &buffer), SLICE("ab")));
    cr_assert_eq(names_strip(SLICE("\n"), &buffer).len, 0);
    cr_assert_eq(names_strip(SLICE(""), &buffer).len, 0);
    uint8_t longest[255];
    memset(longest, 'n', sizeof longest);
    longest[100] = '\n';
    cr_assert_eq(names_strip((struct slice){longest, 255}, &buffer).len, 254);
}

Test(names, that_begin_with_amq_and_a_dot_are_reserved)
{
    cr_assert(names_reserved(SLICE("amq.")));
    cr_assert(names_reserved(SLICE("amq.x")));
    cr_assert_not(names_reserved(SLICE("amq")));
    cr_assert_not(names_reserved(SLICE("AMQ.x")));
    cr_assert_not(names_reserved(SLICE("")));
}
