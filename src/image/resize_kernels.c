/* On x86, one instruction multiplies pairs of 16-bit values and adds them up (pmaddwd), so two taps
 * are done at a time: 4 pairs with SSE2, 8 with AVX2. Other processors take the plain loops. */
#include "image/resize_kernels.h"

#include <string.h>

enum { DOWN = PC_WEIGHT_BITS - PC_MID_BITS, OUT = PC_WEIGHT_BITS + PC_MID_BITS };

static int32_t clamp(int32_t v, int32_t low, int32_t high)
{
    return v < low ? low : v > high ? high : v;
}

static void plain_rows(const uint8_t *const *rows, const int16_t *w, int n, size_t from, size_t to,
                       int16_t *mid)
{
    for (size_t i = from; i < to; i++) {
        int32_t sum = 1 << (DOWN - 1);
        for (int k = 0; k < n; k++)
            sum += rows[k][i] * w[k];
        mid[i] = (int16_t)clamp(sum >> DOWN, INT16_MIN, INT16_MAX);
    }
}

static void plain_columns(const int16_t *mid, const int16_t *w, int n, uint8_t *rgb)
{
    for (int i = 0; i < 3; i++) {
        int32_t sum = 1 << (OUT - 1);
        for (int k = 0; k < n; k++)
            sum += mid[k * 3 + i] * w[k];
        rgb[i] = (uint8_t)clamp(sum >> OUT, 0, 255);
    }
}

static const struct pc_resize_kernels plain = {"plain", plain_rows, plain_columns};

#if defined(__x86_64__)
#include <immintrin.h>

static inline int32_t pair_of(const int16_t *w)
{
    int32_t both;
    memcpy(&both, w, sizeof both);
    return both;
}

static inline void store_rgb(uint8_t *rgb, __m128i sum)
{
    __m128i words = _mm_packs_epi32(_mm_srai_epi32(sum, OUT), sum);
    int four = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
    memcpy(rgb, &four, 3);
}

static void sse2_rows_16(const uint8_t *const *rows, const int16_t *w, int n, size_t at,
                         int16_t *mid)
{
    const __m128i zero = _mm_setzero_si128(), half = _mm_set1_epi32(1 << (DOWN - 1));
    __m128i s0 = half, s1 = half, s2 = half, s3 = half;
    for (int k = 0; k < n; k += 2) {
        __m128i a = _mm_loadu_si128((const __m128i *)(const void *)(rows[k] + at));
        __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(rows[k + 1] + at));
        __m128i low = _mm_unpacklo_epi8(a, b), high = _mm_unpackhi_epi8(a, b);
        __m128i ww = _mm_set1_epi32(pair_of(w + k));
        s0 = _mm_add_epi32(s0, _mm_madd_epi16(_mm_unpacklo_epi8(low, zero), ww));
        s1 = _mm_add_epi32(s1, _mm_madd_epi16(_mm_unpackhi_epi8(low, zero), ww));
        s2 = _mm_add_epi32(s2, _mm_madd_epi16(_mm_unpacklo_epi8(high, zero), ww));
        s3 = _mm_add_epi32(s3, _mm_madd_epi16(_mm_unpackhi_epi8(high, zero), ww));
    }
    __m128i *to = (__m128i *)(void *)(mid + at);
    _mm_storeu_si128(to, _mm_packs_epi32(_mm_srai_epi32(s0, DOWN), _mm_srai_epi32(s1, DOWN)));
    _mm_storeu_si128(to + 1, _mm_packs_epi32(_mm_srai_epi32(s2, DOWN), _mm_srai_epi32(s3, DOWN)));
}

static void sse2_rows(const uint8_t *const *rows, const int16_t *w, int n, size_t from, size_t to,
                      int16_t *mid)
{
    for (; from + 16 <= to; from += 16)
        sse2_rows_16(rows, w, n, from, mid);
    plain_rows(rows, w, n, from, to, mid);
}

static void sse2_columns(const int16_t *mid, const int16_t *w, int n, uint8_t *rgb)
{
    __m128i sum = _mm_set1_epi32(1 << (OUT - 1));
    for (int k = 0; k < n; k += 2, mid += 6) {
        __m128i a = _mm_loadl_epi64((const __m128i *)(const void *)mid);
        __m128i b = _mm_loadl_epi64((const __m128i *)(const void *)(mid + 3));
        __m128i ww = _mm_set1_epi32(pair_of(w + k));
        sum = _mm_add_epi32(sum, _mm_madd_epi16(_mm_unpacklo_epi16(a, b), ww));
    }
    store_rgb(rgb, sum);
}

static const struct pc_resize_kernels sse2 = {"sse2", sse2_rows, sse2_columns};

#define AVX2 __attribute__((target("avx2")))

AVX2 static void avx2_rows_32(const uint8_t *const *rows, const int16_t *w, int n, size_t at,
                              int16_t *mid)
{
    const __m256i zero = _mm256_setzero_si256(), half = _mm256_set1_epi32(1 << (DOWN - 1));
    __m256i s0 = half, s1 = half, s2 = half, s3 = half;
    for (int k = 0; k < n; k += 2) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(rows[k] + at));
        __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(rows[k + 1] + at));
        __m256i low = _mm256_unpacklo_epi8(a, b), high = _mm256_unpackhi_epi8(a, b);
        __m256i ww = _mm256_set1_epi32(pair_of(w + k));
        s0 = _mm256_add_epi32(s0, _mm256_madd_epi16(_mm256_unpacklo_epi8(low, zero), ww));
        s1 = _mm256_add_epi32(s1, _mm256_madd_epi16(_mm256_unpackhi_epi8(low, zero), ww));
        s2 = _mm256_add_epi32(s2, _mm256_madd_epi16(_mm256_unpacklo_epi8(high, zero), ww));
        s3 = _mm256_add_epi32(s3, _mm256_madd_epi16(_mm256_unpackhi_epi8(high, zero), ww));
    }
    /* Unpacking and packing work within halves of the register: each of p and q holds 8 values of
     * the first 16 and 8 of the second. */
    __m256i p = _mm256_packs_epi32(_mm256_srai_epi32(s0, DOWN), _mm256_srai_epi32(s1, DOWN));
    __m256i q = _mm256_packs_epi32(_mm256_srai_epi32(s2, DOWN), _mm256_srai_epi32(s3, DOWN));
    __m256i *to = (__m256i *)(void *)(mid + at);
    _mm256_storeu_si256(to, _mm256_permute2x128_si256(p, q, 0x20));
    _mm256_storeu_si256(to + 1, _mm256_permute2x128_si256(p, q, 0x31));
}

AVX2 static void avx2_rows(const uint8_t *const *rows, const int16_t *w, int n, size_t from,
                           size_t to, int16_t *mid)
{
    for (; from + 32 <= to; from += 32)
        avx2_rows_32(rows, w, n, from, mid);
    plain_rows(rows, w, n, from, to, mid);
}

/* Four taps: the pixels k, k + 1 in the lower half and k + 2, k + 3 in the upper one, shuffled to
 * pairs of one colour. Reads two values more than the pixels', hence PC_MID_PAD. */
AVX2 static void avx2_columns(const int16_t *mid, const int16_t *w, int n, uint8_t *rgb)
{
    const __m256i pairs = _mm256_setr_epi8(0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11, -1, -1, -1, -1, 0,
                                           1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11, -1, -1, -1, -1);
    const __m256i spread = _mm256_setr_epi8(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6,
                                            7, 4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7);
    __m256i sum = _mm256_setzero_si256();
    for (int k = 0; k < n; k += 4, mid += 12) {
        __m128i low = _mm_loadu_si128((const __m128i *)(const void *)mid);
        __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(mid + 6));
        __m256i px = _mm256_shuffle_epi8(_mm256_set_m128i(high, low), pairs);
        int64_t four;
        memcpy(&four, w + k, sizeof four);
        __m256i ww = _mm256_shuffle_epi8(_mm256_set1_epi64x(four), spread);
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(px, ww));
    }
    __m128i both = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    store_rgb(rgb, _mm_add_epi32(both, _mm_set1_epi32(1 << (OUT - 1))));
}

static const struct pc_resize_kernels avx2 = {"avx2", avx2_rows, avx2_columns};

const struct pc_resize_kernels *pc_resize_kernels(int i)
{
    static const struct pc_resize_kernels *const all[] = {&avx2, &sse2, &plain, NULL};
    return all[i + (__builtin_cpu_supports("avx2") ? 0 : 1)];
}
#else
const struct pc_resize_kernels *pc_resize_kernels(int i)
{
    return i == 0 ? &plain : NULL;
}
#endif
