using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Core.Models;

/// <summary>The SHA-256 of an artifact's bytes, written as 64 lower-case hexadecimal digits.</summary>
[JsonConverter(typeof(Sha256DigestJsonConverter))]
public readonly record struct Sha256Digest
{
    private readonly string? _hex;

    private Sha256Digest(string hex) => _hex = hex;

    /// <summary>
    /// Takes the 32 bytes of a finished hash; throws <see cref="ArgumentException"/> for any other length.
    /// </summary>
    public static Sha256Digest FromBytes(ReadOnlySpan<byte> hash) =>
        hash.Length == 32
            ? new Sha256Digest(Convert.ToHexStringLower(hash))
            : throw new ArgumentException($"A SHA-256 has 32 bytes, not {hash.Length}.", nameof(hash));

    /// <summary>Reads 64 hexadecimal digits; false for anything else.</summary>
    public static bool TryParse(string? text, out Sha256Digest digest)
    {
        var good = text is { Length: 64 } && text.All(char.IsAsciiHexDigit);
        digest = good ? new Sha256Digest(text!.ToLowerInvariant()) : default;
        return good;
    }

    public override string ToString() => _hex ?? "";

    private sealed class Sha256DigestJsonConverter : JsonConverter<Sha256Digest>
    {
        public override Sha256Digest Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var digest)
                ? digest
                : throw new JsonException("A digest is 64 hexadecimal digits.");

        public override void Write(Utf8JsonWriter writer, Sha256Digest value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
