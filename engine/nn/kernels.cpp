// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/kernels.h"

#include "engine/nn/rows.h"

namespace tessera::nn {
namespace {

using torch::autograd::AutogradContext;
using Tensors = torch::autograd::variable_list;

/// Whether the passes of rows.h can work on the tensor.
bool isPlain(const Tensor &x) { return x.is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16); }

bool wantsGradient(std::initializer_list<Tensor> tensors)
{
    if (!at::GradMode::is_enabled())
        return false;
    for (const Tensor &tensor : tensors)
        if (tensor.requires_grad())
            return true;
    return false;
}

template <typename T> T *dataOf(const Tensor &x)
{
    return static_cast<T *>(x.data_ptr());
}

/// Calls work with a null pointer of the number type that the tensor holds.
template <typename Work> void forType(const Tensor &x, const Work &work)
{
    if (x.scalar_type() == at::kFloat)
        work(static_cast<float *>(nullptr));
    else
        work(static_cast<rows::Bits16 *>(nullptr));
}

int threads() { return at::get_num_threads(); }

// --- RMS norm

/// The result and the factor of each row.
std::pair<Tensor, Tensor> normRows(const Tensor &x, const Tensor &weight, double epsilon)
{
    Tensor out = at::empty_like(x), scale = at::empty({x.numel() / x.size(-1)}, at::kFloat);
    forType(x, [&](auto *type) {
        using T = std::remove_pointer_t<decltype(type)>;
        rows::rmsNorm(dataOf<T>(x), dataOf<T>(weight), dataOf<T>(out), dataOf<float>(scale), scale.numel(), x.size(-1),
                      static_cast<float>(epsilon), threads());
    });
    return {out, scale};
}

class RmsNorm : public torch::autograd::Function<RmsNorm> {
public:
    static Tensor forward(AutogradContext *context, const Tensor &x, const Tensor &weight, double epsilon)
    {
        auto [out, scale] = normRows(x, weight, epsilon);
        context->save_for_backward({x, weight, scale});
        return out;
    }

    static Tensors backward(AutogradContext *context, Tensors grads)
    {
        Tensors saved = context->get_saved_variables();
        const Tensor &x = saved[0], &weight = saved[1], &scale = saved[2];
        Tensor grad = grads[0].contiguous(), gradX, gradWeight;
        if (context->needs_input_grad(0)) {
            gradX = at::empty_like(x);
            forType(x, [&](auto *type) {
                using T = std::remove_pointer_t<decltype(type)>;
                rows::rmsNormBackward(dataOf<T>(x), dataOf<T>(weight), dataOf<float>(scale), dataOf<T>(grad), dataOf<T>(gradX),
                                      scale.numel(), x.size(-1), threads());
            });
        }
        if (context->needs_input_grad(1)) {
            Tensor normed = x.view({-1, x.size(-1)}) * scale.unsqueeze(1);
            gradWeight = (grad.view({-1, x.size(-1)}) * normed).sum(0).to(weight.scalar_type());
        }
        return {gradX, gradWeight, Tensor()};
    }
};

// --- Gated SiLU

Tensor gateRows(const Tensor &gate, const Tensor &up)
{
    Tensor out = at::empty_like(gate);
    forType(gate, [&](auto *type) {
        using T = std::remove_pointer_t<decltype(type)>;
        rows::gatedSilu(dataOf<T>(gate), dataOf<T>(up), dataOf<T>(out), gate.numel(), threads());
    });
    return out;
}

class GatedSilu : public torch::autograd::Function<GatedSilu> {
public:
    static Tensor forward(AutogradContext *context, const Tensor &gate, const Tensor &up)
    {
        context->save_for_backward({gate, up});
        return gateRows(gate, up);
    }

    static Tensors backward(AutogradContext *context, Tensors grads)
    {
        Tensors saved = context->get_saved_variables();
        const Tensor &gate = saved[0], &up = saved[1];
        Tensor grad = grads[0].contiguous(), gradGate = at::empty_like(gate), gradUp = at::empty_like(up);
        forType(gate, [&](auto *type) {
            using T = std::remove_pointer_t<decltype(type)>;
            rows::gatedSiluBackward(dataOf<T>(gate), dataOf<T>(up), dataOf<T>(grad), dataOf<T>(gradGate), dataOf<T>(gradUp),
                                    gate.numel(), threads());
        });
        return {gradGate, gradUp};
    }
};

// --- Rotary embedding

rows::RotateShape shapeOf(const Tensor &heads, const Tensor &cosine)
{
    return {heads.size(0), heads.size(1), heads.size(2), heads.size(3), cosine.stride(0)};
}

/// cosine and sine begin with the first position.
Tensor rotateRows(const Tensor &heads, const Tensor &cosine, const Tensor &sine)
{
    Tensor out = at::empty({heads.size(0), heads.size(2), heads.size(1), heads.size(3)}, heads.options());
    forType(heads, [&](auto *type) {
        using T = std::remove_pointer_t<decltype(type)>;
        rows::rotate(dataOf<T>(heads), dataOf<float>(cosine), dataOf<float>(sine), dataOf<T>(out), shapeOf(heads, cosine),
                     threads());
    });
    return out;
}

class Rotate : public torch::autograd::Function<Rotate> {
public:
    static Tensor forward(AutogradContext *context, const Tensor &heads, const Tensor &cosine, const Tensor &sine)
    {
        context->save_for_backward({cosine, sine});
        return rotateRows(heads, cosine, sine);
    }

    static Tensors backward(AutogradContext *context, Tensors grads)
    {
        Tensors saved = context->get_saved_variables();
        Tensor grad = grads[0].contiguous();
        Tensor out = at::empty({grad.size(0), grad.size(2), grad.size(1), grad.size(3)}, grad.options());
        forType(grad, [&](auto *type) {
            using T = std::remove_pointer_t<decltype(type)>;
            rows::rotateBackward(dataOf<T>(grad), dataOf<float>(saved[0]), dataOf<float>(saved[1]), dataOf<T>(out),
                                 shapeOf(out, saved[0]), threads());
        });
        return {out, Tensor(), Tensor()};
    }
};

} // namespace

Tensor rmsNorm(const Tensor &x, const Tensor &weight, double epsilon)
{
    if (isPlain(x) && weight.is_cpu() && weight.scalar_type() == x.scalar_type()) {
        Tensor dense = x.contiguous(), denseWeight = weight.contiguous();
        return wantsGradient({x, weight}) ? RmsNorm::apply(dense, denseWeight, epsilon)
                                          : normRows(dense, denseWeight, epsilon).first;
    }
    Tensor wide = x.to(at::kFloat);
    Tensor scale = at::rsqrt(wide.pow(2).mean(-1, true) + epsilon);
    return weight * (wide * scale).to(x.scalar_type());
}

Tensor gatedSilu(const Tensor &gate, const Tensor &up)
{
    if (isPlain(gate) && gate.scalar_type() == up.scalar_type()) {
        Tensor denseGate = gate.contiguous(), denseUp = up.contiguous();
        return wantsGradient({gate, up}) ? GatedSilu::apply(denseGate, denseUp) : gateRows(denseGate, denseUp);
    }
    return at::silu(gate) * up;
}

Tensor rotate(const Tensor &heads, const Rope &rope, std::int64_t first)
{
    std::int64_t length = heads.size(1), half = heads.size(3) / 2;
    Tensor cosine = rope.cosine.narrow(0, first, length), sine = rope.sine.narrow(0, first, length);
    if (isPlain(heads)) {
        Tensor dense = heads.contiguous();
        return wantsGradient({heads}) ? Rotate::apply(dense, cosine, sine) : rotateRows(dense, cosine, sine);
    }
    cosine = cosine.narrow(1, 0, half).unsqueeze(1);
    sine = sine.narrow(1, 0, half).unsqueeze(1);
    Tensor low = heads.narrow(3, 0, half), high = heads.narrow(3, half, half);
    Tensor turned = at::cat({low * cosine - high * sine, high * cosine + low * sine}, 3);
    return turned.to(heads.scalar_type()).transpose(1, 2).contiguous();
}

} // namespace tessera::nn
