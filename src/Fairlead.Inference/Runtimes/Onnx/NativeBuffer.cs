using System.Runtime.InteropServices;

namespace Fairlead.Inference.Runtimes.Onnx;

/// <summary>
/// Aligned memory outside the managed heap that grows and never moves by itself, for tensors that a session reads and
/// writes in place.
/// </summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const nuint Alignment = 64;

    private void* _memory;

    ~NativeBuffer() => Free();

    public long Capacity { get; private set; }

    public nint Address => (nint)_memory;

    /// <summary>Makes room; what was in the buffer is lost when it has to grow.</summary>
    public void Ensure(long bytes)
    {
        if (bytes <= Capacity)
            return;

        Free();
        _memory = NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        Capacity = bytes;
    }

    public Span<byte> Span(int bytes) => new(_memory, bytes);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
        Capacity = 0;
    }
}
