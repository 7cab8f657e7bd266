/* Colours of HEIC and AVIF files that say them by numbers. The same coded image is labelled with
 * other colour spaces; its pixels are compared with what the formulas of these spaces say. */
#include <math.h>
#include <stdio.h>

#include "draw.h"
#include "image/cicp.h"
#include "make_heif.h"

enum { W = 40, H = 28 };

struct nclx {
    int primaries, transfer, matrix;
    bool full_range;
};

static const struct nclx srgb = {1, 13, 6, true}, display_p3 = {12, 13, 6, true};

static struct pc_buf plain;

static int setup(void **state)
{
    read_corpus("plain.avif", &plain);
    return image_setup(state);
}

static int teardown(void **state)
{
    pc_buf_finish(&plain);
    return image_teardown(state);
}

static struct made_bytes put_nclx(const struct nclx *n, struct pc_buf *out)
{
    char body[11] = "nclx";
    body[5] = (char)n->primaries;
    body[7] = (char)n->transfer;
    body[9] = (char)n->matrix;
    body[10] = (char)(n->full_range ? 0x80 : 0);
    make_box("colr", body, sizeof body, out);
    return (struct made_bytes){out->data, out->len};
}

static uint8_t *pixels_of_made(const struct made_heif *made)
{
    struct pc_buf bytes = PC_BUF_INIT;
    make_heif(made, &bytes);
    struct pc_image *image = open_bytes(&bytes);
    uint8_t *px = pixels_of(image);
    pc_image_destroy(image);
    pc_buf_finish(&bytes);
    return px;
}

/* The pixels as they are shown with that label. Gives. */
static uint8_t *pixels_with(const struct nclx *label)
{
    struct pc_buf colr = PC_BUF_INIT;
    struct made_heif made = made_simple(&plain);
    made.properties[3] = put_nclx(label, &colr);
    uint8_t *px = pixels_of_made(&made);
    pc_buf_finish(&colr);
    return px;
}

static void assert_near(const uint8_t *px, const uint8_t *want, int tolerance, const char *what)
{
    for (int i = 0; i < W * H * 3; i++)
        if (abs(px[i] - want[i]) > tolerance)
            fail_msg("%s: byte %d is %d, not %d", what, i, px[i], want[i]);
}

/* --- the formulas --- */

static double from_srgb(double v)
{
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double to_srgb(double v)
{
    v = fmin(fmax(v, 0), 1);
    return v <= 0.0031308 ? v * 12.92 : 1.055 * pow(v, 1 / 2.4) - 0.055;
}

static double from_gamma22(double v)
{
    return pow(v, 2.2);
}

/* Paper white is 203 cd/m2; from 3/4 of it on, highlights are pressed, 1000 cd/m2 to white. */
static double press(double nits)
{
    double light = nits / 203, over = 4 * light - 3, most = 4000 / 203.0 - 3;
    return light <= 0.75 ? light : fmin(1, 0.75 + over * (1 + over / most / most) / (1 + over) / 4);
}

static double from_pq(double v)
{
    double p = pow(v, 1 / 78.84375);
    return press(1e4 *
                 pow(fmax(p - 0.8359375, 0) / (18.8515625 - 18.6875 * p), 1 / 0.1593017578125));
}

static double from_hlg(double v)
{
    double scene = v <= 0.5 ? v * v / 3 : (exp((v - 0.55991073) / 0.17883277) + 0.28466892) / 12;
    return press(1000 * pow(scene, 1.2));
}

static const double same[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
static const double p3_to_srgb[3][3] = {
    {1.22494, -0.22494, 0}, {-0.04206, 1.04206, 0}, {-0.01964, -0.07864, 1.09828}};
static const double bt2020_to_srgb[3][3] = {
    {1.66049, -0.58764, -0.07285}, {-0.12455, 1.13290, -0.00835}, {-0.01815, -0.10058, 1.11873}};

static void each_space_is_shown_as_its_formulas_say(void **state)
{
    static const struct {
        const char *name;
        struct nclx label;
        double (*light)(double);
        const double (*to_srgb)[3];
    } spaces[] = {
        {"sRGB", {1, 13, 6, true}, from_srgb, same},
        {"BT.709", {1, 1, 6, true}, from_srgb, same},
        {"not specified", {2, 2, 6, true}, from_srgb, same},
        {"reserved", {3, 3, 6, true}, from_srgb, same},
        {"gamma 2.2", {1, 4, 6, true}, from_gamma22, same},
        {"Display P3", {12, 13, 6, true}, from_srgb, p3_to_srgb},
        {"Display P3 of unknown curve", {12, 2, 6, true}, from_srgb, p3_to_srgb},
        {"BT.2020", {9, 14, 6, true}, from_srgb, bt2020_to_srgb},
        {"BT.2020 of 12 bits", {9, 15, 6, true}, from_srgb, bt2020_to_srgb},
        {"BT.2020 with the curve of sRGB", {9, 13, 6, true}, from_srgb, bt2020_to_srgb},
        {"PQ", {9, 16, 6, true}, from_pq, bt2020_to_srgb},
        {"PQ in P3", {12, 16, 6, true}, from_pq, p3_to_srgb},
        {"HLG", {9, 18, 6, true}, from_hlg, bt2020_to_srgb},
    };
    uint8_t *numbers = pixels_with(&srgb), want[W * H * 3];
    (void)state;
    for (size_t s = 0; s < sizeof spaces / sizeof *spaces; s++) {
        for (int i = 0; i < W * H * 3; i++) {
            const uint8_t *pixel = numbers + i / 3 * 3;
            double sum = 0;
            for (int c = 0; c < 3; c++)
                sum += spaces[s].to_srgb[i % 3][c] * spaces[s].light(pixel[c] / 255.0);
            want[i] = (uint8_t)lround(255 * to_srgb(sum));
        }
        uint8_t *px = pixels_with(&spaces[s].label);
        assert_near(px, want, 3, spaces[s].name);
        free(px);
    }
    free(numbers);
}

/* The coded numbers stand for other colours then: those of the full range are known. */
static void the_range_and_the_matrix_are_those_of_the_label(void **state)
{
    uint8_t *full = pixels_with(&srgb), want[W * H * 3];
    (void)state;
    for (int matrix = 1; matrix <= 6; matrix += 5) {
        double kr = matrix == 1 ? 0.2126 : 0.299, kb = matrix == 1 ? 0.0722 : 0.114;
        for (int limited = 0; limited < 2; limited++) {
            struct nclx label = {1, 13, matrix, !limited};
            for (int i = 0; i < W * H * 3; i += 3) {
                double r = full[i], g = full[i + 1], b = full[i + 2];
                double y = 0.299 * r + 0.587 * g + 0.114 * b;
                double cb = (b - y) / 1.772, cr = (r - y) / 1.402;
                y = limited ? (y - 16) * 255 / 219 : y;
                cb *= limited ? 255 / 224.0 : 1, cr *= limited ? 255 / 224.0 : 1;
                double red = y + cr * 2 * (1 - kr), blue = y + cb * 2 * (1 - kb);
                double green = (y - kr * red - kb * blue) / (1 - kr - kb);
                want[i] = (uint8_t)lround(fmin(fmax(red, 0), 255));
                want[i + 1] = (uint8_t)lround(fmin(fmax(green, 0), 255));
                want[i + 2] = (uint8_t)lround(fmin(fmax(blue, 0), 255));
            }
            uint8_t *px = pixels_with(&label);
            assert_near(px, want, 4, limited ? "limited range" : "full range");
            free(px);
        }
    }
    free(full);
}

/* Whether only the parts of an image say the colours, or a second box repeats them. */
static void tiles_may_say_the_colours_of_the_grid(void **state)
{
    struct pc_buf colr = PC_BUF_INIT;
    struct made_heif made = made_simple(&plain);
    uint8_t *want = pixels_with(&display_p3);
    (void)state;
    made.properties[3] = put_nclx(&display_p3, &colr);
    made.primary = 2;
    made.items[1] = (struct made_item){
        .id = 2, .type = "grid", .data = MADE_TEXT("\0\0\0\0\0\x28\0\x1c"), .properties = {2}};
    made.references[0] = (struct made_reference){"dimg", 2, {1}};
    uint8_t *px = pixels_of_made(&made);
    assert_near(px, want, 0, "grid");
    free(px);
    free(want);
    pc_buf_finish(&colr);
}

/* The profile has the gamma 2.2, nclx says Display P3. */
static void a_profile_wins_over_nclx_where_it_fits(void **state)
{
    struct pc_buf body = PC_BUF_INIT, icc = PC_BUF_INIT, colr = PC_BUF_INIT;
    struct made_heif made = made_simple(&plain);
    uint8_t *gamma = pixels_with(&(struct nclx){1, 4, 6, true}), *p3 = pixels_with(&display_p3);
    (void)state;
    assert_memory_not_equal(gamma, p3, W * H * 3);
    pc_buf_puts(&body, "prof");
    assert_true(pc_cicp_profile(1, 4, &body));
    made.properties[3] = put_nclx(&display_p3, &colr);
    memcpy(made.items[0].properties, (int[]){-1, 2, 3, 4, 5}, 5 * sizeof(int));
    make_box("colr", body.data, body.len, &icc);
    made.properties[4] = (struct made_bytes){icc.data, icc.len};
    uint8_t *px = pixels_of_made(&made);
    assert_near(px, gamma, 0, "a profile that fits");
    free(px);
    memcpy(icc.data + 12 + 16, "GRAY", 4);
    px = pixels_of_made(&made);
    assert_near(px, p3, 0, "a profile of grey images");
    free(px);
    free(gamma);
    free(p3);
    pc_buf_finish(&body);
    pc_buf_finish(&icc);
    pc_buf_finish(&colr);
}

static void whatever_is_srgb_needs_no_profile(void **state)
{
    struct pc_buf out = PC_BUF_INIT;
    (void)state;
    for (unsigned transfer = 0; transfer < 300; transfer++) {
        bool is_other =
            transfer == 4 || transfer == 5 || transfer == 8 || (transfer >= 16 && transfer <= 18);
        assert_int_equal(pc_cicp_profile(1, transfer, &out), is_other);
        assert_int_equal(pc_cicp_profile(2, transfer, &out), is_other);
        assert_int_equal(out.len > 0, is_other);
        pc_buf_clear(&out);
    }
    pc_buf_finish(&out);
}

static uint8_t *pixels_of_report(const char *name, size_t *len)
{
    struct pc_buf bytes = PC_BUF_INIT;
    struct pc_err err = PC_ERR_INIT;
    char relative[96];
    snprintf(relative, sizeof relative, "reports/%s", name);
    char *path = test_photo(relative);
    if (!path)
        return NULL;
    assert_ok(pc_buf_read_file(&bytes, path, 1 << 20, &err), &err);
    struct pc_image *image = open_bytes(&bytes);
    const struct pc_image_info *info = pc_image_get_info(image);
    uint8_t *px = pixels_of(image);
    *len = (size_t)info->width * (size_t)info->height * 3;
    pc_image_destroy(image);
    pc_buf_finish(&bytes);
    free(path);
    return px;
}

/* Patches of strong colours, once as Display P3 and once as PQ. */
static void one_scene_in_two_spaces_looks_the_same(void **state)
{
    size_t len = 0, other_len = 0;
    uint8_t *p3 = pixels_of_report("avif_display_p3_nclx_without_icc.avif", &len);
    uint8_t *pq = pixels_of_report("avif_rec2020_pq_nclx.avif", &other_len);
    double difference = 0;
    (void)state;
    if (!p3 || !pq)
        skip_because("no folder of reported files");
    assert_int_equal(len, other_len);
    for (size_t i = 0; i < len; i++)
        difference += abs(p3[i] - pq[i]);
    if (difference / (double)len > 4)
        fail_msg("%.1f levels apart", difference / (double)len);
    free(p3);
    free(pq);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_space_is_shown_as_its_formulas_say),
        cmocka_unit_test(the_range_and_the_matrix_are_those_of_the_label),
        cmocka_unit_test(tiles_may_say_the_colours_of_the_grid),
        cmocka_unit_test(a_profile_wins_over_nclx_where_it_fits),
        cmocka_unit_test(whatever_is_srgb_needs_no_profile),
        cmocka_unit_test(one_scene_in_two_spaces_looks_the_same),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
