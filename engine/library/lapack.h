// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

// The few BLAS and LAPACK routines that ATen does not offer, in their Fortran form (column-major, everything by pointer).
extern "C" {
void dsyrk_(const char *triangle, const char *transposed, const int *order, const int *depth, const double *alpha,
            const double *a, const int *leading, const double *beta, double *c, const int *leadingC);
void dpotrf_(const char *triangle, const int *order, double *a, const int *leading, int *info);
void dpotri_(const char *triangle, const int *order, double *a, const int *leading, int *info);
void dpotrs_(const char *triangle, const int *order, const int *sides, const double *a, const int *leading, double *b,
             const int *leadingB, int *info);
}
