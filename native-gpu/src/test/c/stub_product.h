/* D = activation(alpha · A·B + beta · C + bias) of decoded operands: what both libraries compute in the end. Included by each. */
#ifndef STUB_PRODUCT_H
#define STUB_PRODUCT_H

#include "stub.h"

#include <math.h>
#include <stdlib.h>

/* A strided view of a matrix. */
typedef struct {
    char *data;
    int type;
    int64_t row_stride, col_stride;
} view;

typedef struct {
    int64_t m, n, k;
    int integers; /* sums in int32, else in float */
    view c, d;
    float alpha, beta;
    const float *alphas; /* one per row, or NULL */
    const void *bias; /* one per row, or NULL */
    int bias_type;
    int relu, gelu;
    float relu_upper, relu_threshold;
} product;

static inline int64_t at(const view *v, int64_t row, int64_t col) { return row * v->row_stride + col * v->col_stride; }

/* a: m × k, b: n × k, both row-major. */
static void multiply(const product *p, const float *a, const float *b) {
    for (int64_t i = 0; i < p->m; i++) {
        for (int64_t j = 0; j < p->n; j++) {
            float sum = 0;
            int32_t exact = 0;
            const float *x = a + i * p->k, *y = b + j * p->k;
            if (p->integers) {
                for (int64_t t = 0; t < p->k; t++) {
                    exact += (int32_t)x[t] * (int32_t)y[t];
                }
            } else {
                for (int64_t t = 0; t < p->k; t++) {
                    sum += x[t] * y[t];
                }
            }
            double value = (p->alphas ? p->alphas[i] : p->alpha) * (p->integers ? (double)exact : (double)sum);
            if (p->beta != 0) {
                value += p->beta * (double)stub_get(p->c.data, p->c.type, at(&p->c, i, j));
            }
            if (p->bias != NULL) {
                value += stub_get(p->bias, p->bias_type, i);
            }
            if (p->relu) {
                value = value > p->relu_threshold ? fmin(value, p->relu_upper) : 0;
            }
            if (p->gelu) {
                value = stub_gelu((float)value);
            }
            if (p->d.type == R_32I) {
                ((int32_t *)p->d.data)[at(&p->d, i, j)] = (int32_t)fmax(INT32_MIN, fmin(INT32_MAX, rint(value)));
            } else {
                stub_set(p->d.data, p->d.type, at(&p->d, i, j), (float)value);
            }
        }
    }
}

#endif
