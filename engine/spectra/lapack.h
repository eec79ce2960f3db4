// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The BLAS and LAPACK routines of the eigensolvers and of kernel regression, in their Fortran form (column-major, everything by
// pointer).
extern "C" {
double ddot_(const int *count, const double *x, const int *stepX, const double *y, const int *stepY);
void dgemm_(const char *transposedA, const char *transposedB, const int *rows, const int *columns, const int *depth, const double *alpha,
            const double *a, const int *leadingA, const double *b, const int *leadingB, const double *beta, double *c, const int *leadingC);
void dgemv_(const char *transposed, const int *rows, const int *columns, const double *alpha, const double *a, const int *leading,
            const double *x, const int *stepX, const double *beta, double *y, const int *stepY);
void dsymv_(const char *triangle, const int *order, const double *alpha, const double *a, const int *leading, const double *x,
            const int *stepX, const double *beta, double *y, const int *stepY);
void dsyr2k_(const char *triangle, const char *transposed, const int *order, const int *depth, const double *alpha, const double *a,
             const int *leadingA, const double *b, const int *leadingB, const double *beta, double *c, const int *leadingC);
void dlatrd_(const char *triangle, const int *order, const int *panel, double *a, const int *leading, double *e, double *tau, double *w,
             const int *leadingW);
void dsytd2_(const char *triangle, const int *order, double *a, const int *leading, double *d, double *e, double *tau, int *info);
void dsterf_(const int *order, double *d, double *e, int *info);
void dstemr_(const char *job, const char *range, const int *order, double *d, double *e, const double *lowest, const double *highest,
             const int *first, const int *last, int *found, double *values, double *vectors, const int *leading, const int *capacity,
             int *support, int *tryAccuracy, double *work, const int *workSize, int *integers, const int *integersSize, int *info);
void dormtr_(const char *side, const char *triangle, const char *transposed, const int *rows, const int *columns, const double *a,
             const int *leading, const double *tau, double *c, const int *leadingC, double *work, const int *workSize, int *info);
void dposv_(const char *triangle, const int *order, const int *sides, double *a, const int *leading, double *b, const int *leadingB,
            int *info);
}
