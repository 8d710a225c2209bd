using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Core.Refusals;

/// <summary>
/// A checked name: parsed once at the edge, printed as it was read, of a type of its own so that two kinds cannot be
/// swapped.
/// </summary>
public interface IName<TSelf>
    where TSelf : struct, IName<TSelf>
{
    /// <summary>Reads a name; throws <see cref="RefusalException"/> with code <c>invalid_name</c>.</summary>
    static abstract TSelf Parse(string text);
}

/// <summary>Writes a name as a plain JSON string and checks it when reading.</summary>
public sealed class NameJsonConverter<T> : JsonConverter<T>
    where T : struct, IName<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        T.Parse(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
