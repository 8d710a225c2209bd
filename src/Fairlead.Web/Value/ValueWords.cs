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

    /// <summary>Such as <c>revenue, EUR each</c>, or <c>cost by click</c> for a ratio.</summary>
    public static string Name(EndpointValueInfo lift)
    {
        var name = lift.Metric.Replace("outcome:", "", StringComparison.Ordinal);
        return name.Contains('/', StringComparison.Ordinal)
            ? name.Replace("/", " by ", StringComparison.Ordinal)
            : lift.Unit.Length > 0 ? $"{name}, {lift.Unit} each" : $"{name}, each";
    }

    /// <summary>Such as <c>9 000 units treated, 1 000 left alone</c>.</summary>
    public static string Groups(EndpointValueInfo lift) =>
        $"{Words.Count(lift.Treated.Units)} units treated, {Words.Count(lift.Control.Units)} left alone"
        + (lift.Against is "holdout" or "" ? "" : $" by {lift.Against}");
}
