namespace Fairlead.Fuzz;

/// <summary>Code that reads bytes which nobody has vouched for.</summary>
public interface IFuzzTarget
{
    /// <summary>The name on the command line.</summary>
    static abstract string Name { get; }

    /// <summary>The decoders that it drives; a test finds the ones that no target does.</summary>
    static abstract IEnumerable<Type> Covers { get; }

    /// <summary>Inputs to begin with: requests that are taken, for a mutation to break.</summary>
    static abstract IEnumerable<byte[]> Seeds { get; }

    /// <summary>
    /// Reads the bytes. A refusal ends here; whatever else is thrown, and any answer that is not right, is a defect.
    /// </summary>
    static abstract void Fuzz(ReadOnlySpan<byte> data);
}
