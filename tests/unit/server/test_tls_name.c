#define _GNU_SOURCE
#include "server/tls_name.h"

#include <criterion/criterion.h>

#include "tests/certificates.h"

static void expect_distinguished(const X509_NAME *name, const char *expected)
{
    struct text text = {0};
    tls_name_distinguished(name, &text);
    cr_assert_str_eq(text.ptr, expected);
}

static void expect_subject(const char *parts, const char *expected)
{
    X509_NAME *name = X509_NAME_new();
    certificate_fill_name(name, parts);
    expect_distinguished(name, expected);
    X509_NAME_free(name);
}

Test(tls_name, begins_with_the_last_part)
{
    expect_subject("C=DE/O=Example/CN=client", "CN=client,O=Example,C=DE");
    expect_subject("CN=client", "CN=client");
    expect_subject("", "");
}

Test(tls_name, uses_the_short_names_of_rabbitmq)
{
    expect_subject("SN=s/GN=g/L=l/ST=st/OU=ou/title=t/serialNumber=7/DC=dc/UID=u/emailAddress=a@b",
                   "EMAILADDRESS=a@b,UID=u,DC=dc,SERIALNUMBER=7,TITLE=t,OU=ou,ST=st,L=l,"
                   "GIVENNAME=g,SN=s");
}

Test(tls_name, names_unknown_types_by_their_number)
{
    expect_subject("businessCategory=x/CN=c", "CN=c,2.5.4.15=x");
}

Test(tls_name, escapes_what_has_a_meaning)
{
    expect_subject("CN=a,b+c\"d\\e<f>g;h", "CN=a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h");
    expect_subject("CN=#first", "CN=\\#first");
    expect_subject("CN= a b ", "CN=\\ a b\\ ");
    expect_subject("CN= ", "CN=\\ ");
    expect_subject("CN=a#b", "CN=a#b");
}

Test(tls_name, shows_octets_outside_of_printable_ascii_as_hexadecimal)
{
    expect_subject("CN=h\xc3\xa9~\n", "CN=h\\C3\\A9\\7E\\0A");
}

Test(tls_name, joins_the_attributes_of_one_part_with_plus)
{
    X509_NAME *name = X509_NAME_new();
    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const uint8_t *)"Example", -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"client", -1, -1, 0);
    X509_NAME_add_entry_by_txt(name, "UID", MBSTRING_ASC, (const uint8_t *)"7", -1, -1, -1);
    expect_distinguished(name, "CN=client+UID=7,O=Example");
    X509_NAME_free(name);
}

Test(tls_name, is_the_common_name_or_all_of_them)
{
    struct text text = {0};
    X509_NAME *name = X509_NAME_new();
    tls_name_common(name, &text);
    cr_assert_str_eq(text.ptr, "");
    certificate_fill_name(name, "CN=one, or/O=Example/CN=two");
    tls_name_common(name, &text);
    cr_assert_str_eq(text.ptr, "one, or,two");
    X509_NAME_free(name);
}

static void expect_alternative(const X509 *certificate, enum tls_name_type type, uint32_t index,
                               const char *expected)
{
    struct text text = {0};
    tls_name_alternative(certificate, type, index, &text);
    cr_assert_str_eq(text.ptr, expected);
}

Test(tls_name, is_an_alternative_name_by_type_and_index)
{
    struct identity id = identity_new("CN=x", NULL);
    X509_EXTENSION *names =
        X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name,
                            "DNS:one.example,email:a@example,DNS:two.example,IP:10.0.0.7,IP:::1,"
                            "URI:urn:x");
    expect_alternative(id.certificate, TLS_ALTERNATIVE_DNS, 0, "");
    cr_assert(X509_add_ext(id.certificate, names, -1));
    expect_alternative(id.certificate, TLS_ALTERNATIVE_DNS, 0, "one.example");
    expect_alternative(id.certificate, TLS_ALTERNATIVE_DNS, 1, "two.example");
    expect_alternative(id.certificate, TLS_ALTERNATIVE_DNS, 2, "");
    expect_alternative(id.certificate, TLS_ALTERNATIVE_EMAIL, 0, "a@example");
    expect_alternative(id.certificate, TLS_ALTERNATIVE_IP, 0, "10.0.0.7");
    expect_alternative(id.certificate, TLS_ALTERNATIVE_IP, 1, "::1");
    expect_alternative(id.certificate, TLS_ALTERNATIVE_URI, 0, "urn:x");
    X509_EXTENSION_free(names);
    identity_free(&id);
}
