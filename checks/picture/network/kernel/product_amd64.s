// Product kernels for AVX2 with FMA. See call and Matrix.Multiply in product.go.
//
// A tile of the result is held in twelve registers while the depth is run through: 4 rows of 24
// columns or 6 rows of 16. For each step of the depth the columns of the panel are loaded once,
// and each row's value is repeated over a register and multiplied with them. Twelve sums hide
// the latency of the two multipliers, and the loads (7 or 8 for 12 multiplications) do not limit.
//
// Rows of a tile that are past the last row repeat it: they compute the same values again and
// store them in the same place, so no tile needs a second form.
//
// Registers: DI call, BX rows left, R8.. rows of a, DX row of c, AX panel, CX depth left, SI index.

#include "textflag.h"
#include "go_asm.h"

// ROW sets next to the row after this one, or to this one if there are fewer than n rows left.
#define ROW(n, this, next) \
	LEAQ    (this)(SI*1), next; \
	CMPQ    BX, $n; \
	CMOVQLT this, next

// ACT applies the activation at AX to a register. Y15 is lost.
#define ACT(r) \
	VMOVUPS     Activation_beta(AX), Y15; \
	VFMADD231PS Activation_alpha(AX), r, Y15; \
	VMAXPS      Activation_low(AX), Y15, Y15; \
	VMINPS      Activation_high(AX), Y15, Y15; \
	VFMADD213PS Activation_shift(AX), Y15, r

// ROW24 multiplies one row's value at distance o into its three sums.
#define ROW24(o, row, a, b, c) \
	VBROADCASTSS o(row)(SI*4), Y15; \
	VFMADD231PS  Y12, Y15, a; \
	VFMADD231PS  Y13, Y15, b; \
	VFMADD231PS  Y14, Y15, c

#define STEP24(o, p) \
	VMOVUPS (p+0)(AX), Y12; \
	VMOVUPS (p+32)(AX), Y13; \
	VMOVUPS (p+64)(AX), Y14; \
	ROW24(o, R8, Y0, Y1, Y2); \
	ROW24(o, R9, Y3, Y4, Y5); \
	ROW24(o, R10, Y6, Y7, Y8); \
	ROW24(o, R11, Y9, Y10, Y11)

#define LOAD24(c, x, y, z) \
	VMOVUPS 0(c), x; \
	VMOVUPS 32(c), y; \
	VMOVUPS 64(c), z

#define STORE24(c, x, y, z) \
	VMOVUPS x, 0(c); \
	VMOVUPS y, 32(c); \
	VMOVUPS z, 64(c)

// func product24AVX2(q *call)
TEXT ·product24AVX2(SB), NOSPLIT, $0-8
	MOVQ q+0(FP), DI
	MOVQ call_a(DI), R8
	MOVQ call_c(DI), DX
	MOVQ call_m(DI), BX

tile24:
	MOVQ call_lda(DI), SI
	ROW(2, R8, R9)
	ROW(3, R9, R10)
	ROW(4, R10, R11)
	MOVQ call_ldc(DI), SI
	ROW(2, DX, R12)
	ROW(3, R12, R13)
	ROW(4, R13, R15)

	MOVQ    call_bias(DI), AX
	TESTQ   AX, AX
	JZ      add24
	VMOVUPS 0(AX), Y0
	VMOVUPS 32(AX), Y1
	VMOVUPS 64(AX), Y2
	VMOVAPS Y0, Y3
	VMOVAPS Y1, Y4
	VMOVAPS Y2, Y5
	VMOVAPS Y0, Y6
	VMOVAPS Y1, Y7
	VMOVAPS Y2, Y8
	VMOVAPS Y0, Y9
	VMOVAPS Y1, Y10
	VMOVAPS Y2, Y11
	JMP     begin24

add24:
	LOAD24(DX, Y0, Y1, Y2)
	LOAD24(R12, Y3, Y4, Y5)
	LOAD24(R13, Y6, Y7, Y8)
	LOAD24(R15, Y9, Y10, Y11)

begin24:
	MOVQ call_b(DI), AX
	MOVQ call_k(DI), CX
	XORQ SI, SI
	SUBQ $4, CX
	JLT  rest24

four24:
	STEP24(0, 0)
	STEP24(4, 96)
	STEP24(8, 192)
	STEP24(12, 288)
	ADDQ $384, AX
	ADDQ $4, SI
	SUBQ $4, CX
	JGE  four24

rest24:
	ADDQ $4, CX
	JZ   end24

one24:
	STEP24(0, 0)
	ADDQ $96, AX
	INCQ SI
	DECQ CX
	JNZ  one24

end24:
	CMPQ call_finish(DI), $0
	JE   store24
	MOVQ call_act(DI), AX
	ACT(Y0)
	ACT(Y1)
	ACT(Y2)
	ACT(Y3)
	ACT(Y4)
	ACT(Y5)
	ACT(Y6)
	ACT(Y7)
	ACT(Y8)
	ACT(Y9)
	ACT(Y10)
	ACT(Y11)

store24:
	STORE24(DX, Y0, Y1, Y2)
	STORE24(R12, Y3, Y4, Y5)
	STORE24(R13, Y6, Y7, Y8)
	STORE24(R15, Y9, Y10, Y11)

	SUBQ $4, BX
	JLE  done24
	MOVQ call_lda(DI), SI
	LEAQ (R11)(SI*1), R8
	MOVQ call_ldc(DI), SI
	LEAQ (R15)(SI*1), DX
	JMP  tile24

done24:
	VZEROUPPER
	RET

#define ROW16(o, row, a, b) \
	VBROADCASTSS o(row)(SI*4), Y15; \
	VFMADD231PS  Y12, Y15, a; \
	VFMADD231PS  Y13, Y15, b

#define STEP16(o, p) \
	VMOVUPS (p+0)(AX), Y12; \
	VMOVUPS (p+32)(AX), Y13; \
	ROW16(o, R8, Y0, Y1); \
	ROW16(o, R9, Y2, Y3); \
	ROW16(o, R10, Y4, Y5); \
	ROW16(o, R11, Y6, Y7); \
	ROW16(o, R12, Y8, Y9); \
	ROW16(o, R13, Y10, Y11)

// NEXT goes to the next row of c, if there are n rows left.
#define NEXT(n) \
	LEAQ    (DX)(SI*1), R15; \
	CMPQ    BX, $n; \
	CMOVQGE R15, DX

#define LOAD16(x, y) \
	VMOVUPS 0(DX), x; \
	VMOVUPS 32(DX), y

#define STORE16(x, y) \
	VMOVUPS x, 0(DX); \
	VMOVUPS y, 32(DX)

// func product16AVX2(q *call)
TEXT ·product16AVX2(SB), NOSPLIT, $0-8
	MOVQ q+0(FP), DI
	MOVQ call_a(DI), R8
	MOVQ call_c(DI), DX
	MOVQ call_m(DI), BX

tile16:
	MOVQ call_lda(DI), SI
	ROW(2, R8, R9)
	ROW(3, R9, R10)
	ROW(4, R10, R11)
	ROW(5, R11, R12)
	ROW(6, R12, R13)

	MOVQ    call_bias(DI), AX
	TESTQ   AX, AX
	JZ      add16
	VMOVUPS 0(AX), Y0
	VMOVUPS 32(AX), Y1
	VMOVAPS Y0, Y2
	VMOVAPS Y1, Y3
	VMOVAPS Y0, Y4
	VMOVAPS Y1, Y5
	VMOVAPS Y0, Y6
	VMOVAPS Y1, Y7
	VMOVAPS Y0, Y8
	VMOVAPS Y1, Y9
	VMOVAPS Y0, Y10
	VMOVAPS Y1, Y11
	JMP     begin16

add16:
	MOVQ DX, CX
	MOVQ call_ldc(DI), SI
	LOAD16(Y0, Y1)
	NEXT(2)
	LOAD16(Y2, Y3)
	NEXT(3)
	LOAD16(Y4, Y5)
	NEXT(4)
	LOAD16(Y6, Y7)
	NEXT(5)
	LOAD16(Y8, Y9)
	NEXT(6)
	LOAD16(Y10, Y11)
	MOVQ CX, DX

begin16:
	MOVQ call_b(DI), AX
	MOVQ call_k(DI), CX
	XORQ SI, SI
	SUBQ $4, CX
	JLT  rest16

four16:
	STEP16(0, 0)
	STEP16(4, 64)
	STEP16(8, 128)
	STEP16(12, 192)
	ADDQ $256, AX
	ADDQ $4, SI
	SUBQ $4, CX
	JGE  four16

rest16:
	ADDQ $4, CX
	JZ   end16

one16:
	STEP16(0, 0)
	ADDQ $64, AX
	INCQ SI
	DECQ CX
	JNZ  one16

end16:
	CMPQ call_finish(DI), $0
	JE   store16
	MOVQ call_act(DI), AX
	ACT(Y0)
	ACT(Y1)
	ACT(Y2)
	ACT(Y3)
	ACT(Y4)
	ACT(Y5)
	ACT(Y6)
	ACT(Y7)
	ACT(Y8)
	ACT(Y9)
	ACT(Y10)
	ACT(Y11)

store16:
	MOVQ call_ldc(DI), SI
	STORE16(Y0, Y1)
	NEXT(2)
	STORE16(Y2, Y3)
	NEXT(3)
	STORE16(Y4, Y5)
	NEXT(4)
	STORE16(Y6, Y7)
	NEXT(5)
	STORE16(Y8, Y9)
	NEXT(6)
	STORE16(Y10, Y11)
	ADDQ SI, DX

	SUBQ $6, BX
	JLE  done16
	MOVQ call_lda(DI), SI
	LEAQ (R13)(SI*1), R8
	JMP  tile16

done16:
	VZEROUPPER
	RET

#define ROW8(row, a) \
	VBROADCASTSS (row)(SI*4), Y15; \
	VFMADD231PS  Y12, Y15, a

// func product8AVX2(q *call)
//
// Six rows of 8: only for the few layers with up to eight channels.
TEXT ·product8AVX2(SB), NOSPLIT, $0-8
	MOVQ q+0(FP), DI
	MOVQ call_a(DI), R8
	MOVQ call_c(DI), DX
	MOVQ call_m(DI), BX

tile8:
	MOVQ call_lda(DI), SI
	ROW(2, R8, R9)
	ROW(3, R9, R10)
	ROW(4, R10, R11)
	ROW(5, R11, R12)
	ROW(6, R12, R13)

	MOVQ    call_bias(DI), AX
	TESTQ   AX, AX
	JZ      add8
	VMOVUPS (AX), Y0
	VMOVAPS Y0, Y1
	VMOVAPS Y0, Y2
	VMOVAPS Y0, Y3
	VMOVAPS Y0, Y4
	VMOVAPS Y0, Y5
	JMP     begin8

add8:
	MOVQ    DX, CX
	MOVQ    call_ldc(DI), SI
	VMOVUPS (DX), Y0
	NEXT(2)
	VMOVUPS (DX), Y1
	NEXT(3)
	VMOVUPS (DX), Y2
	NEXT(4)
	VMOVUPS (DX), Y3
	NEXT(5)
	VMOVUPS (DX), Y4
	NEXT(6)
	VMOVUPS (DX), Y5
	MOVQ    CX, DX

begin8:
	MOVQ call_b(DI), AX
	MOVQ call_k(DI), CX
	XORQ SI, SI

one8:
	VMOVUPS (AX), Y12
	ROW8(R8, Y0)
	ROW8(R9, Y1)
	ROW8(R10, Y2)
	ROW8(R11, Y3)
	ROW8(R12, Y4)
	ROW8(R13, Y5)
	ADDQ $32, AX
	INCQ SI
	DECQ CX
	JNZ  one8

	CMPQ call_finish(DI), $0
	JE   store8
	MOVQ call_act(DI), AX
	ACT(Y0)
	ACT(Y1)
	ACT(Y2)
	ACT(Y3)
	ACT(Y4)
	ACT(Y5)

store8:
	MOVQ    call_ldc(DI), SI
	VMOVUPS Y0, (DX)
	NEXT(2)
	VMOVUPS Y1, (DX)
	NEXT(3)
	VMOVUPS Y2, (DX)
	NEXT(4)
	VMOVUPS Y3, (DX)
	NEXT(5)
	VMOVUPS Y4, (DX)
	NEXT(6)
	VMOVUPS Y5, (DX)
	ADDQ    SI, DX

	SUBQ $6, BX
	JLE  done8
	MOVQ call_lda(DI), SI
	LEAQ (R13)(SI*1), R8
	JMP  tile8

done8:
	VZEROUPPER
	RET
