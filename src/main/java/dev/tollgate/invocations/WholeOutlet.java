package dev.tollgate.invocations;

import dev.tollgate.proxy.Bill;
import dev.tollgate.proxy.Outlet;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.Supplier;

/** Puts what the call was and cost around the members of Converse's answer. Errors of the upstream pass unchanged. */
final class WholeOutlet implements Outlet {

    private final Account account;
    private final Outlet passing;
    private final HttpServerResponse response;
    private final OpenObject object;
    private boolean unchanged;
    private boolean gone;

    WholeOutlet(Account account, Outlet passing, HttpServerResponse response) {
        this.account = account;
        this.passing = passing;
        this.response = response;
        this.object = new OpenObject(account.opening());
    }

    @Override
    public void begin(HttpClientResponse upstream) {
        passing.begin(upstream);
        unchanged = upstream.statusCode() >= 400;
        if (!unchanged) {
            response.headers().remove("content-length");
            response.setChunked(true);
        }
    }

    @Override
    public void chunk(Buffer chunk) {
        Buffer out = unchanged ? chunk : object.pass(chunk);
        if (out.length() > 0) {
            passing.chunk(out);
        }
    }

    @Override
    public void end() {
        if (unchanged) {
            passing.end();
        }
    }

    @Override
    public void settled(Supplier<Bill> bill) {
        if (gone || unchanged) {
            return;
        }
        if (object.awaitsEnd()) {
            Bill its = bill.get();
            String usage = its.estimated() ? ',' + Account.usage(its.usage()) : "";
            passing.chunk(Buffer.buffer(usage + ',' + account.closing(its) + '}'));
        }
        passing.end();
    }

    @Override
    public boolean broken(String why) {
        return false;
    }

    @Override
    public void gone() {
        gone = true;
    }
}
