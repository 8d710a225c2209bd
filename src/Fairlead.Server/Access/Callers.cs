using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.Access;

/// <summary>
/// Finds out who is calling, from the <c>Authorization</c> header or, for gRPC, the metadata entry of that name.
/// </summary>
public sealed class Callers(Keyring keyring)
{
    /// <summary>Says who is calling, or why nobody is known. For a bearer key nothing is allocated.</summary>
    /// <param name="authorization">The header's value; null or empty: no key came along.</param>
    public Principal? Identify(string? authorization, out Refusal? refusal)
    {
        refusal = null;
        if (!keyring.IsRequired)
            return Principal.Local;
        if (string.IsNullOrEmpty(authorization))
        {
            refusal = AccessRefusals.NoKey;
            return null;
        }

        Span<byte> key = stackalloc byte[AuthorizationHeader.KeyBytes];
        var caller = keyring.Find(key[..AuthorizationHeader.ReadKey(authorization, key)]);
        if (caller is null)
            refusal = AccessRefusals.BadKey;
        return caller;
    }

    /// <summary>
    /// Says who is calling through the console: the holder of the key that signed in, looked up anew at every call, so
    /// that a revoked key ends what is open, too.
    /// </summary>
    /// <param name="keyId">The number of the key that signed in.</param>
    public Principal? IdentifySignedIn(long keyId, out Refusal? refusal)
    {
        refusal = null;
        if (!keyring.IsRequired)
            return Principal.Local;
        var caller = keyring.Find(keyId);
        if (caller is null)
            refusal = AccessRefusals.BadKey;
        return caller;
    }
}

/// <summary>The caller of a request, once access control has let it pass.</summary>
public static class CallerExtensions
{
    /// <summary>
    /// Who is calling. Throws when the request did not pass access control, which is a mistake of the host.
    /// </summary>
    public static Principal Caller(this HttpContext context) =>
        context.Features.Get<Principal>()
        ?? throw new InvalidOperationException("The request did not pass access control.");
}
