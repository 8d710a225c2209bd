using Fairlead.Client.Api;
using Fairlead.Web.Components;

namespace Fairlead.Web.Value;

/// <summary>Differences with their signs and intervals. Pure.</summary>
public static class ValueWords
{
    /// <summary>Such as <c>+0.12 (0.03 to 0.21)</c>.</summary>
    public static string Signed(ValueInterval? interval) => interval is null
        ? "–"
        : $"{(interval.Value > 0 ? "+" : "")}{Words.Number(interval.Value)} "
            + $"({Words.Number(interval.Low)} to {Words.Number(interval.High)})";
}
