namespace Fairlead.Benchmarks.Steps;

/// <summary>
/// Work that must be over when its call returns, or a measurement of its thread would miss parts of it.
/// </summary>
public static class Inline
{
    public static void Expect(ValueTask work)
    {
        if (!work.IsCompletedSuccessfully)
            throw new InvalidOperationException("The work did not end well on its caller's thread.");
    }
}
