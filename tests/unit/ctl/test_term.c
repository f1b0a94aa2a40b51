#include "ctl/term.h"

#include <criterion/criterion.h>

#include "conf/format.h"

/* Takes the term. */
static void expect(json_t *term, const char *wanted)
{
    struct bytes text = {0};
    term_print(term, &text);
    bytes_add_u8(&text, '\0');
    cr_expect_str_eq((const char *)text.ptr, wanted);
    bytes_finish(&text);
    json_decref(term);
}

/* A list of lists of pairs, as lists are told, of [["name",VALUE],…]. */
static json_t *rows(const char *text)
{
    size_t i, j;
    json_t *row, *pair;
    json_error_t error;
    json_t *list = term_list();
    json_t *told = json_loads(text, 0, &error);
    cr_assert(told, "%s", error.text);
    json_array_foreach(told, i, row)
    {
        json_t *pairs = term_list();
        json_array_foreach(row, j, pair)
        {
            json_array_append_new(pairs, term_pair(json_string_value(json_array_get(pair, 0)),
                                                   term_of(json_array_get(pair, 1), TERM_MAPS)));
        }
        json_array_append_new(list, pairs);
    }
    json_decref(told);
    return list;
}

Test(term, words_are_spelled_as_erlang_does)
{
    expect(term_atom("running"), "running");
    expect(term_atom("apply-to"), "'apply-to'");
    expect(term_atom("rabbit@host"), "rabbit@host");
    expect(term_atom("it's"), "'it\\'s'");
    expect(term_atom(""), "''");
    expect(term_binary(SLICE("a\"b\\c\n")), "<<\"a\\\"b\\\\c\\n\">>");
    expect(term_binary(SLICE("")), "<<>>");
    expect(term_binary(SLICE("\x01z")), "<<1,122>>");
    expect(term_binary(SLICE("\xE9t\xE9")), "<<\"\xC3\xA9t\xC3\xA9\">>");
    expect(term_binary(SLICE("\xC4\x80")), "<<196,128>>");
}

Test(term, values_of_the_api_become_terms)
{
    json_t *value = json_pack("{s:[i,b,n],s:f,s:f}", "a", 7, 1, "b", 0.1, "c", 3.0);
    expect(term_of(value, TERM_MAPS),
           "#{<<\"a\">> => [7,true,undefined],<<\"b\">> => 0.1,<<\"c\">> => 3.0}");
    expect(term_of(value, TERM_PROPLISTS), "[{a,[7,true,undefined]},{b,0.1},{c,3.0}]");
    json_decref(value);
}

Test(term, what_fits_is_in_one_line)
{
    expect(term_list(), "[]");
    expect(rows("[[[\"vhost\",\"/\"],[\"configure\",\"^a\"],[\"write\",\"\"],[\"read\",\".*\"]]]"),
           "[[{vhost,<<\"/\">>},{configure,<<\"^a\">>},{write,<<>>},{read,<<\".*\">>}]]");
}

Test(term, a_line_of_eighty_columns_is_too_long)
{
    expect(rows("[[[\"vhost\",\"/\"],[\"exchange\",\"amq.topic\"],[\"write\",\"^w\"],"
                "[\"read\",\"^r\"]]]"),
           "[[{vhost,<<\"/\">>},\n"
           "  {exchange,<<\"amq.topic\">>},\n"
           "  {write,<<\"^w\">>},\n"
           "  {read,<<\"^r\">>}]]");
    expect(rows("[[[\"user\",\"bob\"],[\"configure\",\"^a\"],[\"write\",\"\"],[\"read\",\".*\"]],"
                "[[\"user\",\"guest\"],[\"configure\",\".*\"],[\"write\",\".*\"],"
                "[\"read\",\".*\"]]]"),
           "[[{user,<<\"bob\">>},{configure,<<\"^a\">>},{write,<<>>},{read,<<\".*\">>}],\n"
           " [{user,<<\"guest\">>},{configure,<<\".*\">>},{write,<<\".*\">>},{read,<<\".*\">>}]]");
}

static json_t *words(const char *const *texts)
{
    json_t *list = term_list();
    for (; *texts; texts++) {
        json_array_append_new(list, term_atom(*texts));
    }
    return list;
}

Test(term, words_stand_beside_each_other_as_long_as_they_fit)
{
    static const char *const hashes[] = {
        "blake2s", "blake2b", "sha3_512", "sha3_384",  "sha3_256", "sha3_224", "sha512", "sha384",
        "sha256",  "sha224",  "sha",      "ripemd160", "md5",      "md4",      NULL};
    expect(words(hashes),
           "[blake2s,blake2b,sha3_512,sha3_384,sha3_256,sha3_224,sha512,sha384,sha256,\n"
           " sha224,sha,ripemd160,md5,md4]");
}

Test(term, pairs_of_a_map_stand_beside_each_other_as_long_as_they_fit)
{
    static const char *const suite[] = {"cipher",      "aes_256_cbc", "key_exchange",
                                        "ecdhe_ecdsa", "mac",         "sha384",
                                        "prf",         "sha384",      NULL};
    json_t *map = term_map();
    for (size_t i = 0; suite[i]; i++) {
        json_array_append_new(map, term_atom(suite[i]));
    }
    expect(map, "#{cipher => aes_256_cbc,key_exchange => ecdhe_ecdsa,mac => sha384,\n"
                "  prf => sha384}");
}

Test(term, what_follows_a_word_is_four_columns_in_where_it_would_get_too_narrow)
{
    static const char *const plugins[] = {
        "rabbitmq_management",       "amqp_client", "rabbitmq_web_dispatch", "cowboy", "cowlib",
        "rabbitmq_management_agent", NULL};
    char path[80];
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    json_t *list = term_list();
    json_array_append_new(list, term_pair("active_plugins", words(plugins)));
    json_array_append_new(list, term_pair("log_files", term_atom(path)));
    struct bytes wanted = {0};
    format_add(&wanted,
               "[{active_plugins,\n"
               "     [rabbitmq_management,amqp_client,rabbitmq_web_dispatch,cowboy,cowlib,"
               "\n      rabbitmq_management_agent]},\n"
               " {log_files,\n     %s}]",
               path);
    bytes_add_u8(&wanted, '\0');
    expect(list, (const char *)wanted.ptr);
    bytes_finish(&wanted);
}
