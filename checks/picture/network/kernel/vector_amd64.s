// The depthwise convolution and the loops of vector.go for AVX2 with FMA.

#include "textflag.h"
#include "go_asm.h"

// ACT applies the activation at AX to a register; t is lost.
#define ACT(r, t) \
	VMOVUPS     Activation_beta(AX), t; \
	VFMADD231PS Activation_alpha(AX), r, t; \
	VMAXPS      Activation_low(AX), t, t; \
	VMINPS      Activation_high(AX), t, t; \
	VFMADD213PS Activation_shift(AX), t, r

// func depthwiseAVX2(q *depthwiseCall)
//
// Four outputs at a time, eight channels at a time: each value of the filter is loaded once for
// four inputs. Outputs past the last one repeat it.
//
// Registers: DI call, BX outputs left, R8..R11 inputs of the four outputs, DX and R12, R13, R15
// the outputs, CX bytes into the channels, AX, SI and R14 the taps.
TEXT ·depthwiseAVX2(SB), NOSPLIT, $0-8
	MOVQ q+0(FP), DI
	MOVQ depthwiseCall_x(DI), R8
	MOVQ depthwiseCall_y(DI), DX
	MOVQ depthwiseCall_n(DI), BX

group:
	MOVQ    depthwiseCall_step(DI), SI
	MOVQ    depthwiseCall_channels(DI), CX
	LEAQ    (R8)(SI*1), R9
	LEAQ    (DX)(CX*1), R12
	CMPQ    BX, $2
	CMOVQLT R8, R9
	CMOVQLT DX, R12
	LEAQ    (R9)(SI*1), R10
	LEAQ    (R12)(CX*1), R13
	CMPQ    BX, $3
	CMOVQLT R9, R10
	CMOVQLT R12, R13
	LEAQ    (R10)(SI*1), R11
	LEAQ    (R13)(CX*1), R15
	CMPQ    BX, $4
	CMOVQLT R10, R11
	CMOVQLT R13, R15
	XORQ    CX, CX

channels:
	MOVQ    depthwiseCall_bias(DI), AX
	VMOVUPS (AX)(CX*1), Y0
	VMOVAPS Y0, Y1
	VMOVAPS Y0, Y2
	VMOVAPS Y0, Y3
	MOVQ    depthwiseCall_offsets(DI), AX
	MOVQ    depthwiseCall_taps(DI), R14

tap:
	MOVQ        8(AX), SI
	ADDQ        depthwiseCall_weights(DI), SI
	VMOVUPS     (SI)(CX*1), Y4
	MOVQ        0(AX), SI
	ADDQ        CX, SI
	VFMADD231PS (R8)(SI*1), Y4, Y0
	VFMADD231PS (R9)(SI*1), Y4, Y1
	VFMADD231PS (R10)(SI*1), Y4, Y2
	VFMADD231PS (R11)(SI*1), Y4, Y3
	ADDQ        $16, AX
	DECQ        R14
	JNZ         tap

	MOVQ        depthwiseCall_act(DI), AX
	ACT(Y0, Y8)
	ACT(Y1, Y9)
	ACT(Y2, Y10)
	ACT(Y3, Y11)
	VMOVUPS     Y0, (DX)(CX*1)
	VMOVUPS     Y1, (R12)(CX*1)
	VMOVUPS     Y2, (R13)(CX*1)
	VMOVUPS     Y3, (R15)(CX*1)
	ADDQ        $32, CX
	CMPQ        CX, depthwiseCall_channels(DI)
	JLT         channels

	SUBQ $4, BX
	JLE  over
	MOVQ depthwiseCall_step(DI), SI
	LEAQ (R11)(SI*1), R8
	LEAQ (R15)(CX*1), DX
	JMP  group

over:
	VZEROUPPER
	RET

// func depthwiseAVX512(q *depthwiseCall)
//
// As depthwiseAVX2, sixteen channels at a time; a rest of eight is done with half vectors.
TEXT ·depthwiseAVX512(SB), NOSPLIT, $0-8
	MOVQ q+0(FP), DI
	MOVQ depthwiseCall_x(DI), R8
	MOVQ depthwiseCall_y(DI), DX
	MOVQ depthwiseCall_n(DI), BX

group512:
	MOVQ    depthwiseCall_step(DI), SI
	MOVQ    depthwiseCall_channels(DI), CX
	LEAQ    (R8)(SI*1), R9
	LEAQ    (DX)(CX*1), R12
	CMPQ    BX, $2
	CMOVQLT R8, R9
	CMOVQLT DX, R12
	LEAQ    (R9)(SI*1), R10
	LEAQ    (R12)(CX*1), R13
	CMPQ    BX, $3
	CMOVQLT R9, R10
	CMOVQLT R12, R13
	LEAQ    (R10)(SI*1), R11
	LEAQ    (R13)(CX*1), R15
	CMPQ    BX, $4
	CMOVQLT R10, R11
	CMOVQLT R13, R15
	XORQ    CX, CX
	CMPQ    depthwiseCall_channels(DI), $64
	JLT     half512

channels512:
	MOVQ    depthwiseCall_bias(DI), AX
	VMOVUPS (AX)(CX*1), Z0
	VMOVAPS Z0, Z1
	VMOVAPS Z0, Z2
	VMOVAPS Z0, Z3
	MOVQ    depthwiseCall_offsets(DI), AX
	MOVQ    depthwiseCall_taps(DI), R14

tap512:
	MOVQ        8(AX), SI
	ADDQ        depthwiseCall_weights(DI), SI
	VMOVUPS     (SI)(CX*1), Z4
	MOVQ        0(AX), SI
	ADDQ        CX, SI
	VFMADD231PS (R8)(SI*1), Z4, Z0
	VFMADD231PS (R9)(SI*1), Z4, Z1
	VFMADD231PS (R10)(SI*1), Z4, Z2
	VFMADD231PS (R11)(SI*1), Z4, Z3
	ADDQ        $16, AX
	DECQ        R14
	JNZ         tap512

	MOVQ depthwiseCall_act(DI), AX
	ACT(Z0, Z8)
	ACT(Z1, Z9)
	ACT(Z2, Z10)
	ACT(Z3, Z11)
	VMOVUPS Z0, (DX)(CX*1)
	VMOVUPS Z1, (R12)(CX*1)
	VMOVUPS Z2, (R13)(CX*1)
	VMOVUPS Z3, (R15)(CX*1)
	ADDQ    $64, CX
	LEAQ    64(CX), AX
	CMPQ    AX, depthwiseCall_channels(DI)
	JLE     channels512
	CMPQ    CX, depthwiseCall_channels(DI)
	JGE     next512

half512:
	MOVQ    depthwiseCall_bias(DI), AX
	VMOVUPS (AX)(CX*1), Y0
	VMOVAPS Y0, Y1
	VMOVAPS Y0, Y2
	VMOVAPS Y0, Y3
	MOVQ    depthwiseCall_offsets(DI), AX
	MOVQ    depthwiseCall_taps(DI), R14

halftap512:
	MOVQ        8(AX), SI
	ADDQ        depthwiseCall_weights(DI), SI
	VMOVUPS     (SI)(CX*1), Y4
	MOVQ        0(AX), SI
	ADDQ        CX, SI
	VFMADD231PS (R8)(SI*1), Y4, Y0
	VFMADD231PS (R9)(SI*1), Y4, Y1
	VFMADD231PS (R10)(SI*1), Y4, Y2
	VFMADD231PS (R11)(SI*1), Y4, Y3
	ADDQ        $16, AX
	DECQ        R14
	JNZ         halftap512

	MOVQ depthwiseCall_act(DI), AX
	ACT(Y0, Y8)
	ACT(Y1, Y9)
	ACT(Y2, Y10)
	ACT(Y3, Y11)
	VMOVUPS Y0, (DX)(CX*1)
	VMOVUPS Y1, (R12)(CX*1)
	VMOVUPS Y2, (R13)(CX*1)
	VMOVUPS Y3, (R15)(CX*1)
	ADDQ    $32, CX

next512:
	SUBQ $4, BX
	JLE  over512
	MOVQ depthwiseCall_step(DI), SI
	LEAQ (R11)(SI*1), R8
	LEAQ (R15)(CX*1), DX
	JMP  group512

over512:
	VZEROUPPER
	RET

// func addAVX2(dst, a, b *float32, n int)
TEXT ·addAVX2(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), DX
	MOVQ n+24(FP), CX
	XORQ AX, AX

add:
	VMOVUPS (SI)(AX*4), Y0
	VADDPS  (DX)(AX*4), Y0, Y0
	VMOVUPS Y0, (DI)(AX*4)
	ADDQ    $8, AX
	CMPQ    AX, CX
	JLT     add
	VZEROUPPER
	RET

// func scaleAVX2(dst, x, s *float32, rows, width int)
TEXT ·scaleAVX2(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ s+16(FP), DX
	MOVQ rows+24(FP), CX
	MOVQ width+32(FP), BX

scalerow:
	XORQ AX, AX

scale:
	VMOVUPS (SI)(AX*4), Y0
	VMULPS  (DX)(AX*4), Y0, Y0
	VMOVUPS Y0, (DI)(AX*4)
	ADDQ    $8, AX
	CMPQ    AX, BX
	JLT     scale
	LEAQ    (SI)(BX*4), SI
	LEAQ    (DI)(BX*4), DI
	DECQ    CX
	JNZ     scalerow
	VZEROUPPER
	RET

// func sumAVX2(sums, x *float32, rows, width int)
TEXT ·sumAVX2(SB), NOSPLIT, $0-32
	MOVQ sums+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ rows+16(FP), CX
	MOVQ width+24(FP), BX

sumrow:
	XORQ AX, AX

sum:
	VMOVUPS (SI)(AX*4), Y0
	VADDPS  (DI)(AX*4), Y0, Y0
	VMOVUPS Y0, (DI)(AX*4)
	ADDQ    $8, AX
	CMPQ    AX, BX
	JLT     sum
	LEAQ    (SI)(BX*4), SI
	DECQ    CX
	JNZ     sumrow
	VZEROUPPER
	RET

// Numbers of exp in vector.go.
#define FLOATS(name, bits) \
	DATA name<>+0(SB)/4, $bits; \
	GLOBL name<>(SB), RODATA|NOPTR, $4

FLOATS(least, 0xc2ae0000)   // -87
FLOATS(most, 0x42b00000)    // 88
FLOATS(log2e, 0x3fb8aa3b)   // 1/ln 2
FLOATS(ln2high, 0x3f318000) // 0.693359375
FLOATS(ln2low, 0xb95e8083)  // ln 2 - 0.693359375
FLOATS(c7, 0x39500d01)      // 1/5040
FLOATS(c6, 0x3ab60b61)      // 1/720
FLOATS(c5, 0x3c088889)      // 1/120
FLOATS(c4, 0x3d2aaaab)      // 1/24
FLOATS(c3, 0x3e2aaaab)      // 1/6
FLOATS(c2, 0x3f000000)      // 1/2
FLOATS(c1, 0x3f800000)      // 1
FLOATS(bias, 0x0000007f)    // 127, a whole number

// func expAVX2(dst, x *float32, n int, shift float32)
TEXT ·expAVX2(SB), NOSPLIT, $0-28
	MOVQ         dst+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS shift+24(FP), Y15
	VBROADCASTSS least<>(SB), Y14
	VBROADCASTSS most<>(SB), Y13
	VBROADCASTSS log2e<>(SB), Y12
	VBROADCASTSS ln2high<>(SB), Y11
	VBROADCASTSS ln2low<>(SB), Y10
	VBROADCASTSS c7<>(SB), Y9
	VBROADCASTSS c6<>(SB), Y8
	VBROADCASTSS c5<>(SB), Y7
	VBROADCASTSS c4<>(SB), Y6
	VBROADCASTSS c3<>(SB), Y5
	VBROADCASTSS c2<>(SB), Y4
	XORQ         AX, AX

exp:
	VMOVUPS      (SI)(AX*4), Y0
	VSUBPS       Y15, Y0, Y0
	VMAXPS       Y14, Y0, Y0       // not a number: the second source, which is least
	VMINPS       Y13, Y0, Y0
	VMULPS       Y12, Y0, Y1
	VROUNDPS     $0, Y1, Y1        // n
	VFNMADD231PS Y11, Y1, Y0
	VFNMADD231PS Y10, Y1, Y0       // r
	VMOVAPS      Y9, Y2
	VFMADD213PS  Y8, Y0, Y2
	VFMADD213PS  Y7, Y0, Y2
	VFMADD213PS  Y6, Y0, Y2
	VFMADD213PS  Y5, Y0, Y2
	VFMADD213PS  Y4, Y0, Y2
	VBROADCASTSS c1<>(SB), Y3
	VFMADD213PS  Y3, Y0, Y2
	VFMADD213PS  Y3, Y0, Y2
	VCVTPS2DQ    Y1, Y1
	VPBROADCASTD bias<>(SB), Y3
	VPADDD       Y3, Y1, Y1
	VPSLLD       $23, Y1, Y1
	VMULPS       Y1, Y2, Y2
	VMOVUPS      Y2, (DI)(AX*4)
	ADDQ         $8, AX
	CMPQ         AX, CX
	JLT          exp
	VZEROUPPER
	RET
