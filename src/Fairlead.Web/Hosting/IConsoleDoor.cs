namespace Fairlead.Web.Hosting;

/// <summary>Who signed in to the console, and until when.</summary>
/// <param name="KeyId">The number of the key; 0 where the server asks for none.</param>
/// <param name="ExpiresAt">When the browser must sign in again.</param>
public sealed record ConsoleSession(long KeyId, DateTimeOffset ExpiresAt);

/// <summary>What the console needs of the program that it runs in.</summary>
public interface IConsoleDoor
{
    /// <summary>Callers need a key; without one nobody signs in, and the server answers its own machine only.</summary>
    bool AsksForKeys { get; }

    /// <summary>
    /// Carries requests to the public API, as the holder of the session's key. A revoked key is refused from the next
    /// request on.
    /// </summary>
    /// <param name="session">Null: whoever the request's own key says.</param>
    HttpMessageHandler HandlerFor(ConsoleSession? session);

    /// <summary>A session as a browser may keep it: short, signed, without the key.</summary>
    string Write(ConsoleSession session);

    /// <summary>Reads what <see cref="Write"/> wrote; null when it is forged, or over.</summary>
    ConsoleSession? Read(string text);

    /// <summary>The session is not over, and its key neither revoked nor expired.</summary>
    bool IsValid(ConsoleSession session);
}
