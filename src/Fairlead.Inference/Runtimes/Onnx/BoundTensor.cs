using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Inference.Runtimes.Onnx;

/// <summary>
/// One input or output as a session sees it: a native value of a fixed type and shape over memory of ours.
/// </summary>
internal sealed class BoundTensor : IDisposable
{
    private readonly NativeBuffer _memory = new();
    private long[] _shape = [];
    private ElementType _type;
    private int _count;
    private bool _shaped;
    private long _stringBytes;

    /// <summary>The native value; null while shapeless or for an input that is left out.</summary>
    public OrtValue? Value { get; private set; }

    /// <summary>Native memory that is held, about.</summary>
    public long Bytes => _memory.Capacity + _stringBytes;

    /// <summary>False for what was noted as left out.</summary>
    public bool Present => _count >= 0;

    /// <summary>True when a tensor has the type and shape (or the absence) that this value was made for.</summary>
    public bool Fits(Tensor tensor) =>
        _shaped && tensor.Present == (_count >= 0)
        && (!tensor.Present || (tensor.Type == _type && tensor.Shape.SequenceEqual(_shape)));

    /// <summary>Makes the native value for tensors of this type and shape.</summary>
    public void Shape(Tensor tensor)
    {
        Remember(tensor);
        if (tensor.Present)
            Allocate();
    }

    /// <summary>Notes type and shape without making a native value yet.</summary>
    public void Remember(Tensor tensor)
    {
        Value?.Dispose();
        Value = null;
        _stringBytes = 0;
        _shaped = true;
        _type = tensor.Type;
        _count = tensor.Present ? tensor.ElementCount : -1;
        if (!tensor.Shape.SequenceEqual(_shape))
            _shape = tensor.Shape.ToArray();
    }

    /// <summary>Makes the native value of the noted type and shape.</summary>
    public void Allocate()
    {
        Value?.Dispose();
        if (_type == ElementType.String)
        {
            Value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, _shape);
            return;
        }

        var bytes = (long)_count * _type.Size();
        _memory.Ensure(Math.Max(bytes, 1));
        Value = OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, OnnxTypes.To(_type), _shape, _memory.Address, bytes);
    }

    /// <summary>Copies the elements of a tensor that <see cref="Fits"/> into the native value.</summary>
    public void Fill(Tensor tensor)
    {
        if (!tensor.Present)
            return;
        if (_type != ElementType.String)
        {
            tensor.Bytes.CopyTo(_memory.Span(tensor.Bytes.Length));
            return;
        }

        _stringBytes = Math.Max(_stringBytes, tensor.Bytes.Length);
        for (var i = 0; i < _count; i++)
            Value!.StringTensorSetElementAt((ReadOnlySpan<byte>)tensor.StringAt(i), i);
    }

    /// <summary>Copies the elements of the native value out.</summary>
    public void CopyTo(Tensor tensor)
    {
        tensor.Reset(_type, _shape);
        if (_type != ElementType.String)
        {
            _memory.Span(tensor.Bytes.Length).CopyTo(tensor.Bytes);
            return;
        }

        for (var i = 0; i < _count; i++)
            tensor.AddString(Value!.GetStringElementAsSpan(i));
        _stringBytes = Math.Max(_stringBytes, tensor.Bytes.Length);
    }

    public void Dispose()
    {
        Value?.Dispose();
        _memory.Dispose();
    }
}
