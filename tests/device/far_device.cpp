// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/device/far_device.h"

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include <ATen/EmptyTensor.h>
#include <ATen/native/CPUFallback.h>
#include <ATen/native/Resize.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <sys/mman.h>
#include <torch/library.h>
#include <torch/version.h>
#include <unistd.h>

#define TESSERA_FAR_HOOKS (TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 7))
#if TESSERA_FAR_HOOKS
#include <ATen/detail/PrivateUse1HooksInterface.h>
#endif

namespace tessera::test {
namespace {

constexpr auto kFar = c10::DeviceType::PrivateUse1;

/// What has been handed out, and how often each is open at the moment.
struct Memory {
    struct Block {
        std::size_t pages = 0, asked = 0; ///< Bytes.
        int open = 0;
    };
    std::mutex mutex;
    std::map<void *, Block> blocks;
    std::size_t held = 0, peak = 0, limit = std::numeric_limits<std::size_t>::max();
    int refusals = 0;
};

Memory &memory()
{
    static auto *kept = new Memory; // Tensors may outlive what is destroyed at the end of the program.
    return *kept;
}

std::size_t wholePages(std::size_t bytes)
{
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return (bytes / page + 1) * page;
}

void release(void *pointer)
{
    std::lock_guard lock(memory().mutex);
    const auto found = memory().blocks.find(pointer);
    if (found == memory().blocks.end())
        return;
    ::munmap(pointer, found->second.pages);
    memory().held -= found->second.asked;
    memory().blocks.erase(found);
}

class FarAllocator final : public c10::Allocator {
public:
#if TORCH_VERSION_MAJOR >= 2
    c10::DataPtr allocate(std::size_t bytes) override { return take(bytes); }
    void copy_data(void *, const void *, std::size_t) const override
    {
        TORCH_CHECK(false, "far memory is not copied this way");
    }
#else
    c10::DataPtr allocate(std::size_t bytes) const override { return take(bytes); }
#endif
    c10::DeleterFnPtr raw_deleter() const override { return release; }

private:
    static c10::DataPtr take(std::size_t bytes)
    {
        const std::size_t size = wholePages(bytes);
        std::lock_guard lock(memory().mutex);
        if (bytes > memory().limit - std::min(memory().limit, memory().held)) {
            ++memory().refusals;
            throw c10::OutOfMemoryError({__func__, __FILE__, __LINE__}, "far memory is full");
        }
        void *pointer = ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pointer == MAP_FAILED)
            throw std::bad_alloc();
        memory().held += bytes;
        memory().peak = std::max(memory().peak, memory().held);
        memory().blocks[pointer] = {size, bytes, 0};
        return {pointer, pointer, release, farDevice()};
    }
};

FarAllocator &allocator()
{
    static FarAllocator kept;
    return kept;
}

/// A far tensor as one of main memory as long as this lives.
class Opened {
public:
    explicit Opened(const at::Tensor &tensor) : m_base(tensor.storage().data_ptr().get())
    {
        protect(1);
        auto *first =
            static_cast<char *>(m_base) + static_cast<std::size_t>(tensor.storage_offset()) * tensor.element_size();
        m_view =
            at::from_blob(first, tensor.sizes(), tensor.strides(), at::TensorOptions().dtype(tensor.scalar_type()));
    }
    ~Opened() { protect(-1); }
    Opened(const Opened &) = delete;
    Opened &operator=(const Opened &) = delete;
    const at::Tensor &view() const { return m_view; }

private:
    void protect(int step)
    {
        std::lock_guard lock(memory().mutex);
        const auto found = memory().blocks.find(m_base);
        if (found == memory().blocks.end())
            return;
        found->second.open += step;
        ::mprotect(m_base, found->second.pages, found->second.open > 0 ? PROT_READ | PROT_WRITE : PROT_NONE);
    }

    void *m_base;
    at::Tensor m_view;
};

bool isFar(const at::Tensor &tensor) { return tensor.device().type() == kFar; }

at::Tensor copyFrom(const at::Tensor &from, const at::Tensor &to, bool)
{
    if (from.numel() == 0)
        return to;
    at::AutoDispatchBelowAutograd below;
    if (isFar(from) && isFar(to))
        Opened(to).view().copy_(Opened(from).view());
    else if (isFar(to))
        Opened(to).view().copy_(from);
    else
        at::Tensor(to).copy_(Opened(from).view());
    return to;
}

at::Tensor emptyFar(at::IntArrayRef size, c10::optional<at::ScalarType> type, c10::optional<at::Layout>,
                    c10::optional<at::Device>, c10::optional<bool>, c10::optional<at::MemoryFormat> format)
{
    return at::detail::empty_generic(size, &allocator(), c10::DispatchKeySet(c10::DispatchKey::PrivateUse1),
                                     type.value_or(at::kFloat), format);
}

at::Tensor emptyStrided(at::IntArrayRef size, at::IntArrayRef strides, c10::optional<at::ScalarType> type,
                        c10::optional<at::Layout>, c10::optional<at::Device>, c10::optional<bool>)
{
    return at::detail::empty_strided_generic(
        size, strides, &allocator(), c10::DispatchKeySet(c10::DispatchKey::PrivateUse1), type.value_or(at::kFloat));
}

at::Tensor asStrided(const at::Tensor &tensor, at::IntArrayRef size, at::IntArrayRef strides,
                     c10::optional<std::int64_t> offset)
{
    auto view = at::detail::make_tensor<c10::TensorImpl>(c10::TensorImpl::VIEW, c10::Storage(tensor.storage()),
                                                         tensor.key_set(), tensor.dtype());
    view.unsafeGetTensorImpl()->set_sizes_and_strides(size, strides, offset.value_or(tensor.storage_offset()));
    return view;
}

at::Tensor view(const at::Tensor &tensor, at::IntArrayRef size)
{
    std::vector<std::int64_t> wanted = size.vec();
    std::int64_t known = 1;
    for (std::int64_t dimension : wanted)
        known *= dimension < 0 ? 1 : dimension;
    for (std::int64_t &dimension : wanted)
        if (dimension < 0)
            dimension = known == 0 ? 0 : tensor.numel() / known;
    // The processor's own view of a tensor of this shape says which strides there are, or that there are none.
    const at::Tensor pattern = at::empty_strided(tensor.sizes(), tensor.strides(), at::kByte).view(wanted);
    return asStrided(tensor, pattern.sizes(), pattern.strides(), tensor.storage_offset());
}

at::Tensor reshapeAlias(const at::Tensor &tensor, at::IntArrayRef size, at::IntArrayRef strides)
{
    return asStrided(tensor, size, strides, tensor.storage_offset());
}

/// A tensor of another size gets memory of its own: operations ask for it where a result has none yet.
const at::Tensor &resizeFar(const at::Tensor &tensor, at::IntArrayRef size, c10::optional<at::MemoryFormat>)
{
    if (tensor.sizes() == size)
        return tensor;
    const at::Tensor other = emptyFar(size, tensor.scalar_type(), {}, {}, {}, {});
    tensor.unsafeGetTensorImpl()->set_storage_keep_dtype(other.storage());
    tensor.unsafeGetTensorImpl()->set_storage_offset(0);
    tensor.unsafeGetTensorImpl()->set_sizes_contiguous(size);
    return tensor;
}

at::Tensor copyFromAndResize(const at::Tensor &from, const at::Tensor &to)
{
    return copyFrom(from, resizeFar(to, from.sizes(), {}), false);
}

void onCopies(const c10::OperatorHandle &operation, torch::jit::Stack *stack)
{
    at::native::cpu_fallback(operation, stack);
}

TORCH_LIBRARY_IMPL(_, PrivateUse1, m) { m.fallback(torch::CppFunction::makeFromBoxedFunction<&onCopies>()); }

TORCH_LIBRARY_IMPL(aten, PrivateUse1, m)
{
    m.impl("empty.memory_format", &emptyFar);
    m.impl("empty_strided", &emptyStrided);
    m.impl("as_strided", &asStrided);
    m.impl("view", &view);
    m.impl("_reshape_alias", &reshapeAlias);
    m.impl("resize_", &resizeFar);
    m.impl("_copy_from", &copyFrom);
    m.impl("_copy_from_and_resize", &copyFromAndResize);
}

/// One device with one stream: autograd asks for them, and newer LibTorch's own guard without them has no default stream.
class FarGuard final : public c10::impl::DeviceGuardImplInterface {
public:
    c10::DeviceType type() const override { return kFar; }
    c10::Device exchangeDevice(c10::Device) const override { return farDevice(); }
    c10::Device getDevice() const override { return farDevice(); }
    void setDevice(c10::Device) const override {}
    void uncheckedSetDevice(c10::Device) const noexcept override {}
    c10::Stream getStream(c10::Device) const noexcept override { return stream(); }
    c10::Stream getDefaultStream(c10::Device) const override { return stream(); }
    c10::Stream exchangeStream(c10::Stream) const noexcept override { return stream(); }
    c10::DeviceIndex deviceCount() const noexcept override { return 1; }

private:
    static c10::Stream stream() noexcept { return c10::Stream(c10::Stream::DEFAULT, c10::Device(kFar, 0)); }
};

C10_REGISTER_GUARD_IMPL(PrivateUse1, FarGuard);

#if TESSERA_FAR_HOOKS
/// Without them a LibTorch that is built for CUDA takes CUDA for the only accelerator, and its autograd asks the driver.
class FarHooks final : public at::PrivateUse1HooksInterface {
public:
    bool isBuilt() const override { return true; }
    bool isAvailable() const override { return true; }
    bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
};

[[maybe_unused]] const bool g_hooked = [] {
    at::RegisterPrivateUse1HooksInterface(new FarHooks); // LibTorch keeps it to the end.
    c10::register_privateuse1_backend("far");
    return true;
}();
#endif

} // namespace

at::Device farDevice() { return {kFar, 0}; }

FarMemoryLimit::FarMemoryLimit(std::size_t bytes)
{
    std::lock_guard lock(memory().mutex);
    memory().limit = bytes;
    memory().refusals = 0;
}

FarMemoryLimit::~FarMemoryLimit()
{
    std::lock_guard lock(memory().mutex);
    memory().limit = std::numeric_limits<std::size_t>::max();
}

int FarMemoryLimit::refusals() const
{
    std::lock_guard lock(memory().mutex);
    return memory().refusals;
}

std::size_t farPeak()
{
    std::lock_guard lock(memory().mutex);
    return std::exchange(memory().peak, memory().held);
}

} // namespace tessera::test
