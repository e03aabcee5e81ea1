// Product kernels for AVX-512. See call and Matrix.Multiply in product.go, and product_amd64.s for
// the form: these differ in the size of the tile, 8 rows of up to 48 columns, and in that the last
// vector of a panel may be half a one: its upper lanes are computed and not stored.
//
// Registers: DI call, BX rows left, R8..R15 rows of a, DX row of c, AX panel, CX depth left,
// SI index, K1 lanes of the last vector that are stored.

#include "textflag.h"
#include "go_asm.h"

#define ROW(n, this, next) \
	LEAQ    (this)(SI*1), next; \
	CMPQ    BX, $n; \
	CMOVQLT this, next

#define ROWS \
	MOVQ call_lda(DI), SI; \
	ROW(2, R8, R9); \
	ROW(3, R9, R10); \
	ROW(4, R10, R11); \
	ROW(5, R11, R12); \
	ROW(6, R12, R13); \
	ROW(7, R13, R14); \
	ROW(8, R14, R15)

// NEXT goes to the next row of c, if there are n rows left.
#define NEXT(n) \
	LEAQ    (DX)(SI*1), AX; \
	CMPQ    BX, $n; \
	CMOVQGE AX, DX

// ACT applies the activation at AX to a register. Z31 is lost.
#define ACT(r) \
	VMOVUPS     Activation_beta(AX), Z31; \
	VFMADD231PS Activation_alpha(AX), r, Z31; \
	VMAXPS      Activation_low(AX), Z31, Z31; \
	VMINPS      Activation_high(AX), Z31, Z31; \
	VFMADD213PS Activation_shift(AX), Z31, r

#define ROW3(o, row, a, b, c) \
	VBROADCASTSS o(row)(SI*4), Z31; \
	VFMADD231PS  Z24, Z31, a; \
	VFMADD231PS  Z25, Z31, b; \
	VFMADD231PS  Z26, Z31, c

#define STEP3(o) \
	VMOVUPS (AX), Z24; \
	VMOVUPS 64(AX), Z25; \
	VMOVUPS 128(AX), Z26; \
	ADDQ    call_width(DI), AX; \
	ROW3(o, R8, Z0, Z1, Z2); \
	ROW3(o, R9, Z3, Z4, Z5); \
	ROW3(o, R10, Z6, Z7, Z8); \
	ROW3(o, R11, Z9, Z10, Z11); \
	ROW3(o, R12, Z12, Z13, Z14); \
	ROW3(o, R13, Z15, Z16, Z17); \
	ROW3(o, R14, Z18, Z19, Z20); \
	ROW3(o, R15, Z21, Z22, Z23)

#define BIAS3(x, y, z) \
	VMOVAPS Z0, x; \
	VMOVAPS Z1, y; \
	VMOVAPS Z2, z

#define LOAD3(x, y, z) \
	VMOVUPS   (DX), x; \
	VMOVUPS   64(DX), y; \
	VMOVUPS.Z 128(DX), K1, z

#define STORE3(x, y, z) \
	VMOVUPS x, (DX); \
	VMOVUPS y, 64(DX); \
	VMOVUPS z, K1, 128(DX)

// func product3AVX512(q *call)
//
// Panels of 40 and 48 columns: three vectors.
TEXT ·product3AVX512(SB), NOSPLIT, $0-8
	MOVQ  q+0(FP), DI
	MOVQ  call_a(DI), R8
	MOVQ  call_c(DI), DX
	MOVQ  call_m(DI), BX
	MOVQ  call_mask(DI), AX
	KMOVW AX, K1

tile3:
	ROWS
	MOVQ    call_bias(DI), AX
	TESTQ   AX, AX
	JZ      add3
	VMOVUPS (AX), Z0
	VMOVUPS 64(AX), Z1
	VMOVUPS 128(AX), Z2
	BIAS3(Z3, Z4, Z5)
	BIAS3(Z6, Z7, Z8)
	BIAS3(Z9, Z10, Z11)
	BIAS3(Z12, Z13, Z14)
	BIAS3(Z15, Z16, Z17)
	BIAS3(Z18, Z19, Z20)
	BIAS3(Z21, Z22, Z23)
	JMP     begin3

add3:
	MOVQ DX, CX
	MOVQ call_ldc(DI), SI
	LOAD3(Z0, Z1, Z2)
	NEXT(2)
	LOAD3(Z3, Z4, Z5)
	NEXT(3)
	LOAD3(Z6, Z7, Z8)
	NEXT(4)
	LOAD3(Z9, Z10, Z11)
	NEXT(5)
	LOAD3(Z12, Z13, Z14)
	NEXT(6)
	LOAD3(Z15, Z16, Z17)
	NEXT(7)
	LOAD3(Z18, Z19, Z20)
	NEXT(8)
	LOAD3(Z21, Z22, Z23)
	MOVQ CX, DX

begin3:
	MOVQ call_b(DI), AX
	MOVQ call_k(DI), CX
	XORQ SI, SI
	SUBQ $2, CX
	JLT  rest3

two3:
	STEP3(0)
	STEP3(4)
	ADDQ $2, SI
	SUBQ $2, CX
	JGE  two3

rest3:
	ADDQ $2, CX
	JZ   end3
	STEP3(0)

end3:
	CMPQ call_finish(DI), $0
	JE   store3
	MOVQ call_act(DI), AX
	ACT(Z0)
	ACT(Z1)
	ACT(Z2)
	ACT(Z3)
	ACT(Z4)
	ACT(Z5)
	ACT(Z6)
	ACT(Z7)
	ACT(Z8)
	ACT(Z9)
	ACT(Z10)
	ACT(Z11)
	ACT(Z12)
	ACT(Z13)
	ACT(Z14)
	ACT(Z15)
	ACT(Z16)
	ACT(Z17)
	ACT(Z18)
	ACT(Z19)
	ACT(Z20)
	ACT(Z21)
	ACT(Z22)
	ACT(Z23)

store3:
	MOVQ call_ldc(DI), SI
	STORE3(Z0, Z1, Z2)
	NEXT(2)
	STORE3(Z3, Z4, Z5)
	NEXT(3)
	STORE3(Z6, Z7, Z8)
	NEXT(4)
	STORE3(Z9, Z10, Z11)
	NEXT(5)
	STORE3(Z12, Z13, Z14)
	NEXT(6)
	STORE3(Z15, Z16, Z17)
	NEXT(7)
	STORE3(Z18, Z19, Z20)
	NEXT(8)
	STORE3(Z21, Z22, Z23)
	ADDQ SI, DX

	SUBQ $8, BX
	JLE  done3
	MOVQ call_lda(DI), SI
	LEAQ (R15)(SI*1), R8
	JMP  tile3

done3:
	VZEROUPPER
	RET

#define ROW2(o, row, a, b) \
	VBROADCASTSS o(row)(SI*4), Z31; \
	VFMADD231PS  Z24, Z31, a; \
	VFMADD231PS  Z25, Z31, b

#define STEP2(o) \
	VMOVUPS (AX), Z24; \
	VMOVUPS 64(AX), Z25; \
	ADDQ    call_width(DI), AX; \
	ROW2(o, R8, Z0, Z1); \
	ROW2(o, R9, Z2, Z3); \
	ROW2(o, R10, Z4, Z5); \
	ROW2(o, R11, Z6, Z7); \
	ROW2(o, R12, Z8, Z9); \
	ROW2(o, R13, Z10, Z11); \
	ROW2(o, R14, Z12, Z13); \
	ROW2(o, R15, Z14, Z15)

#define LOAD2(x, y) \
	VMOVUPS   (DX), x; \
	VMOVUPS.Z 64(DX), K1, y

#define STORE2(x, y) \
	VMOVUPS x, (DX); \
	VMOVUPS y, K1, 64(DX)

// func product2AVX512(q *call)
//
// Panels of 24 and 32 columns: two vectors.
TEXT ·product2AVX512(SB), NOSPLIT, $0-8
	MOVQ  q+0(FP), DI
	MOVQ  call_a(DI), R8
	MOVQ  call_c(DI), DX
	MOVQ  call_m(DI), BX
	MOVQ  call_mask(DI), AX
	KMOVW AX, K1

tile2:
	ROWS
	MOVQ    call_bias(DI), AX
	TESTQ   AX, AX
	JZ      add2
	VMOVUPS (AX), Z0
	VMOVUPS 64(AX), Z1
	VMOVAPS Z0, Z2
	VMOVAPS Z1, Z3
	VMOVAPS Z0, Z4
	VMOVAPS Z1, Z5
	VMOVAPS Z0, Z6
	VMOVAPS Z1, Z7
	VMOVAPS Z0, Z8
	VMOVAPS Z1, Z9
	VMOVAPS Z0, Z10
	VMOVAPS Z1, Z11
	VMOVAPS Z0, Z12
	VMOVAPS Z1, Z13
	VMOVAPS Z0, Z14
	VMOVAPS Z1, Z15
	JMP     begin2

add2:
	MOVQ DX, CX
	MOVQ call_ldc(DI), SI
	LOAD2(Z0, Z1)
	NEXT(2)
	LOAD2(Z2, Z3)
	NEXT(3)
	LOAD2(Z4, Z5)
	NEXT(4)
	LOAD2(Z6, Z7)
	NEXT(5)
	LOAD2(Z8, Z9)
	NEXT(6)
	LOAD2(Z10, Z11)
	NEXT(7)
	LOAD2(Z12, Z13)
	NEXT(8)
	LOAD2(Z14, Z15)
	MOVQ CX, DX

begin2:
	MOVQ call_b(DI), AX
	MOVQ call_k(DI), CX
	XORQ SI, SI
	SUBQ $2, CX
	JLT  rest2

two2:
	STEP2(0)
	STEP2(4)
	ADDQ $2, SI
	SUBQ $2, CX
	JGE  two2

rest2:
	ADDQ $2, CX
	JZ   end2
	STEP2(0)

end2:
	CMPQ call_finish(DI), $0
	JE   store2
	MOVQ call_act(DI), AX
	ACT(Z0)
	ACT(Z1)
	ACT(Z2)
	ACT(Z3)
	ACT(Z4)
	ACT(Z5)
	ACT(Z6)
	ACT(Z7)
	ACT(Z8)
	ACT(Z9)
	ACT(Z10)
	ACT(Z11)
	ACT(Z12)
	ACT(Z13)
	ACT(Z14)
	ACT(Z15)

store2:
	MOVQ call_ldc(DI), SI
	STORE2(Z0, Z1)
	NEXT(2)
	STORE2(Z2, Z3)
	NEXT(3)
	STORE2(Z4, Z5)
	NEXT(4)
	STORE2(Z6, Z7)
	NEXT(5)
	STORE2(Z8, Z9)
	NEXT(6)
	STORE2(Z10, Z11)
	NEXT(7)
	STORE2(Z12, Z13)
	NEXT(8)
	STORE2(Z14, Z15)
	ADDQ SI, DX

	SUBQ $8, BX
	JLE  done2
	MOVQ call_lda(DI), SI
	LEAQ (R15)(SI*1), R8
	JMP  tile2

done2:
	VZEROUPPER
	RET

#define ROW1(row, a) \
	VBROADCASTSS (row)(SI*4), Z31; \
	VFMADD231PS  Z24, Z31, a

#define LOAD1(x)  VMOVUPS.Z (DX), K1, x
#define STORE1(x) VMOVUPS x, K1, (DX)

// func product1AVX512(q *call)
//
// Panels of 8 and 16 columns: one vector.
TEXT ·product1AVX512(SB), NOSPLIT, $0-8
	MOVQ  q+0(FP), DI
	MOVQ  call_a(DI), R8
	MOVQ  call_c(DI), DX
	MOVQ  call_m(DI), BX
	MOVQ  call_mask(DI), AX
	KMOVW AX, K1

tile1:
	ROWS
	MOVQ    call_bias(DI), AX
	TESTQ   AX, AX
	JZ      add1
	VMOVUPS (AX), Z0
	VMOVAPS Z0, Z1
	VMOVAPS Z0, Z2
	VMOVAPS Z0, Z3
	VMOVAPS Z0, Z4
	VMOVAPS Z0, Z5
	VMOVAPS Z0, Z6
	VMOVAPS Z0, Z7
	JMP     begin1

add1:
	MOVQ DX, CX
	MOVQ call_ldc(DI), SI
	LOAD1(Z0)
	NEXT(2)
	LOAD1(Z1)
	NEXT(3)
	LOAD1(Z2)
	NEXT(4)
	LOAD1(Z3)
	NEXT(5)
	LOAD1(Z4)
	NEXT(6)
	LOAD1(Z5)
	NEXT(7)
	LOAD1(Z6)
	NEXT(8)
	LOAD1(Z7)
	MOVQ CX, DX

begin1:
	MOVQ call_b(DI), AX
	MOVQ call_k(DI), CX
	XORQ SI, SI

one1:
	VMOVUPS (AX), Z24
	ADDQ    call_width(DI), AX
	ROW1(R8, Z0)
	ROW1(R9, Z1)
	ROW1(R10, Z2)
	ROW1(R11, Z3)
	ROW1(R12, Z4)
	ROW1(R13, Z5)
	ROW1(R14, Z6)
	ROW1(R15, Z7)
	INCQ    SI
	DECQ    CX
	JNZ     one1

	CMPQ call_finish(DI), $0
	JE   store1
	MOVQ call_act(DI), AX
	ACT(Z0)
	ACT(Z1)
	ACT(Z2)
	ACT(Z3)
	ACT(Z4)
	ACT(Z5)
	ACT(Z6)
	ACT(Z7)

store1:
	MOVQ call_ldc(DI), SI
	STORE1(Z0)
	NEXT(2)
	STORE1(Z1)
	NEXT(3)
	STORE1(Z2)
	NEXT(4)
	STORE1(Z3)
	NEXT(5)
	STORE1(Z4)
	NEXT(6)
	STORE1(Z5)
	NEXT(7)
	STORE1(Z6)
	NEXT(8)
	STORE1(Z7)
	ADDQ SI, DX

	SUBQ $8, BX
	JLE  done1
	MOVQ call_lda(DI), SI
	LEAQ (R15)(SI*1), R8
	JMP  tile1

done1:
	VZEROUPPER
	RET
