namespace Fairlead.TestModels;

/// <summary>What goes into a model or comes out of it.</summary>
public abstract record Value;

/// <param name="Data">An array of the element type; halves and bfloats are those of ONNX Runtime.</param>
/// <param name="Shape">Empty for a scalar.</param>
public sealed record Tensor(Array Data, long[] Shape) : Value
{
    public static Tensor Of<T>(T[] data, params long[] shape) => new(data, shape);
}

public sealed record Sequence(params Value[] Items) : Value;

public sealed record Map(Array Keys, float[] Values) : Value;

/// <summary>One call of a model. An input that is missing here is left out of the call.</summary>
public sealed record Example(
    IReadOnlyList<(string Name, Value Value)> Inputs, IReadOnlyList<(string Name, Value Value)> Outputs);
