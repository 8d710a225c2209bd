using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Client.Api;

/// <summary>
/// Durations as people write them: <c>250us</c>, <c>20ms</c>, <c>1.5s</c>, <c>5m</c>, <c>2h</c>, <c>7d</c>, or plain
/// <c>0</c>.
/// </summary>
public static class DurationText
{
    // Longer suffixes first, so that "ms" is not read as "s".
    private static readonly (string Suffix, long Ticks)[] Units =
    [
        ("us", TimeSpan.TicksPerMicrosecond), ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour), ("d", TimeSpan.TicksPerDay),
    ];

    /// <summary>Reads a duration; false when the text is none or is out of range. Never negative.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
            return true;

        foreach (var (suffix, ticks) in Units)
        {
            if (text is null || !text.EndsWith(suffix, StringComparison.Ordinal))
                continue;
            if (!decimal.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture, out var number)
                || number > long.MaxValue / ticks)
            {
                return false;
            }

            duration = TimeSpan.FromTicks((long)(number * ticks));
            return true;
        }

        return false;
    }

    /// <summary>Writes a duration in the largest unit that gives a whole number.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
            return "0";

        for (var i = Units.Length - 1; i > 0; i--)
        {
            if (duration.Ticks % Units[i].Ticks == 0)
            {
                return string.Create(
                    CultureInfo.InvariantCulture, $"{duration.Ticks / Units[i].Ticks}{Units[i].Suffix}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"{(decimal)duration.Ticks / TimeSpan.TicksPerMicrosecond:0.#}us");
    }
}

/// <summary>Writes durations by <see cref="DurationText"/>.</summary>
public sealed class DurationJsonConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number when reader.TryGetInt64(out var zero) && zero == 0 => "0",
            _ => null,
        };
        return DurationText.TryParse(text, out var duration)
            ? duration
            : throw new JsonException("A duration is a number with a unit, such as '20ms', '1.5s' or '5m'.");
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(DurationText.Format(value));
}
