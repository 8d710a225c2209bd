using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Client.Api;
using Fairlead.Core.Refusals;
using Fairlead.Server.Problems;

namespace Fairlead.Server.Apply;

/// <summary>One document, read and not yet applied.</summary>
/// <param name="Order">Documents that others use come first.</param>
/// <param name="ApplyAsync">Makes it so, inside a write.</param>
internal sealed record ReadDocument(int Order, Func<WriteScope, Task<AppliedDocument>> ApplyAsync);

/// <summary>A kind of document: how it is read and what it does. Each stands with its feature.</summary>
/// <param name="Name">As it is written behind <c>kind:</c>.</param>
/// <param name="Order">Kinds that others use come first: models 0, endpoints 1, what stands on endpoints 2.</param>
/// <param name="Read">Reads the members of a document, <c>kind</c> not among them.</param>
internal sealed record DocumentKind(
    string Name, int Order, Func<JsonObject, Func<WriteScope, Task<AppliedDocument>>> Read)
{
    /// <summary>Decodes the members as a request.</summary>
    public static T Decode<T>(JsonObject members)
        where T : class =>
        RequestBody.Decode<T>(Encoding.UTF8.GetBytes(members.ToJsonString()));

    /// <summary>Takes the name of a document out of its members, for requests that have it in their address.</summary>
    public static string TakeName(JsonObject members)
    {
        var name = Text(members, "name");
        members.Remove("name");
        return name;
    }

    /// <summary>A text that every document needs.</summary>
    public static string Text(JsonObject members, string name) =>
        members[name] is JsonValue value && value.TryGetValue<string>(out var text)
            ? text
            : throw new RefusalException(new Refusal(
                RefusalKind.Invalid, "missing_field", $"A document needs the text '{name}'.")
            { Field = name });
}
