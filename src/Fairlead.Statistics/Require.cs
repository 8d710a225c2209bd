using System.Runtime.CompilerServices;

namespace Fairlead.Statistics;

/// <summary>Ranges of the parameters that callers set.</summary>
internal static class Require
{
    /// <summary>A level, a power or a share: strictly between 0 and 1.</summary>
    internal static void Level(double value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!(value > 0 && value < 1))
            throw new ArgumentOutOfRangeException(name, value, "Must lie strictly between 0 and 1.");
    }

    /// <summary>A finite number above 0.</summary>
    internal static void Positive(double value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!(value > 0) || double.IsInfinity(value))
            throw new ArgumentOutOfRangeException(name, value, "Must be a finite number greater than 0.");
    }

    /// <summary>A finite number, 0 or above.</summary>
    internal static void NotNegative(double value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (!(value >= 0) || double.IsInfinity(value))
            throw new ArgumentOutOfRangeException(name, value, "Must be a finite number, 0 or greater.");
    }
}
