using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Checks;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;

namespace Fairlead.Fuzz.Targets;

/// <summary>
/// Values as people write them: durations, shares, metrics, units, names, digests. One that is taken is written as
/// something that is read as the same.
/// </summary>
internal sealed class WrittenValues : IFuzzTarget
{
    public static string Name => "written-values";

    public static IEnumerable<Type> Covers =>
        [typeof(DurationText), typeof(ShareText), typeof(Metric), typeof(UnitRule), typeof(Sha256Digest)];

    public static IEnumerable<byte[]> Seeds =>
    [
        .. from text in (string[])[
               "0", "250us", "1.5s", "10m", "3650d", "5%", "0.05", "-1", "error_rate", "latency:p95", "compute:p99.9",
               "output:score[0]", "output:label=good", "false_positive_rate:label=toxic", "prometheus:up{a=\"b\"}",
               "request", "header:X-User", "field:user", "größe", "..", new string('a', 64)]
           select Encoding.UTF8.GetBytes(text),
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        var text = Encoding.UTF8.GetString(data);
        if (DurationText.TryParse(text, out var duration))
        {
            Same(duration, DurationText.TryParse(DurationText.Format(duration), out var again) ? again : default);
            if (duration < TimeSpan.Zero)
                throw new InvalidOperationException($"'{text}' is a duration below zero.");
        }

        if (ShareText.TryParse(text, out var share) && !double.IsFinite(share))
            throw new InvalidOperationException($"'{text}' is no share.");
        if (Sha256Digest.TryParse(text, out var digest))
            Same(text.ToLowerInvariant(), digest.ToString());

        Taken(text, Metric.Parse);
        Taken(text, UnitRule.Parse);
        Taken(text, EndpointName.Parse);
        Taken(text, ModelName.Parse);
        Taken(text, VariantName.Parse);
        Taken(text, AliasName.Parse);
    }

    private static void Taken<T>(string text, Func<string, T> read)
    {
        T value;
        try
        {
            value = read(text);
        }
        catch (RefusalException)
        {
            return;
        }

        Same(value, read(value!.ToString()!));
    }

    private static void Same<T>(T first, T second)
    {
        if (!EqualityComparer<T>.Default.Equals(first, second))
            throw new InvalidOperationException($"{first} came back as {second}.");
    }
}
